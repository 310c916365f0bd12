"""Run a job now."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.ledger.queueing import NewExecution, Queued, queue
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.finding import find_job
from capsulier.services.snapshots import snapshot_of


def run_job(actor: Actor, job_id: int, *, variables: dict[str, str] | None = None, trigger: str = "manual") -> Queued:
    """Queue an execution of the current version. It ignores the overlap policy and obeys the limits.

    `variables` are environment variables for this run only.
    """
    _check_variables(variables or {})
    with transaction.atomic():
        job = find_job(actor, job_id, Action.RUN)
        if job.current_version is None:
            raise Invalid(f"“{job.name}” has no version to run.")
        at_us = now_us()
        new = NewExecution(
            platform_id=job.platform_id,
            job_id=job.id,
            version_id=job.current_version.id,
            trigger=trigger,
            triggered_by_id=actor.user_id,
            not_before_us=at_us,
            variables=variables or {},
            snapshot=snapshot_of(job.current_version),
        )
        [queued] = queue([new], at_us)
        wake(CONDUCTOR, PAGES)
        return queued


def _check_variables(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        if not name.replace("_", "a").isalnum() or not name.isascii() or name[:1].isdigit():
            raise Invalid(
                f"“{name}” cannot be the name of a variable: letters, digits and _, not beginning with a digit.",
                field="variables",
            )
        if "\0" in value:
            raise Invalid(f"The value of {name} has a NUL character in it.", field="variables")
