"""Run a job now."""

from typing import Any

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid, JobDeleted, NotFound, PlatformArchived
from capsulier.core.states import State
from capsulier.core.trail import Subject
from capsulier.ledger.queueing import NewExecution, lock_to_run, queue
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.snapshots import snapshot_of
from capsulier.services.trail import note
from capsulier.store.models import Execution, Job, User, Version

_LONGEST_VALUE_BYTES = 100_000
"""Linux hands a program at most 128 KiB in one string."""
_MOST_BYTES = 500_000
"""Linux hands a program 2 MiB in all: a quarter of its stack."""


def run_job(
    actor: Actor, job_id: int, *, variables: dict[str, str] | None = None, trigger: str = "manual"
) -> Execution:
    """Queue an execution of the current version. It ignores the overlap policy and obeys the limits.

    `variables` are environment variables for this run only. The answer is the execution as it was queued, with its
    version's number and who asked; it is not read back.
    """
    variables = variables or {}
    _check_variables(variables)
    with transaction.atomic():
        facts = lock_to_run(job_id)
        if facts is None:
            raise NotFound(f"Job {job_id} does not exist.")
        actor.require(Action.RUN, facts.platform_id, f"Job {job_id}")
        if facts.is_archived:
            raise PlatformArchived("The platform of this job is archived. Restore it first.")
        if facts.is_deleted:
            raise JobDeleted(f"“{facts.name}” is in the trash. Restore it first.")
        if facts.version_id is None:
            raise Invalid(f"“{facts.name}” has no version to run.")
        at_us = now_us()
        new = NewExecution(
            platform_id=facts.platform_id,
            job_id=job_id,
            version_id=facts.version_id,
            trigger=trigger,
            triggered_by_id=actor.user_id,
            not_before_us=at_us,
            variables=variables,
            snapshot=snapshot_of(facts),
        )
        [queued] = queue([new], at_us)
        told: dict[str, Any] = {"execution": queued.number, "version": facts.version}
        if variables:
            told["variables"] = sorted(variables)
        note(actor, Subject.EXECUTION, facts.name, "ran", platform_id=facts.platform_id, job_id=job_id, after=told)
        wake(CONDUCTOR, PAGES)
    return Execution(
        id=queued.id,
        platform_id=facts.platform_id,
        job=Job(id=job_id, name=facts.name),
        number=queued.number,
        version=Version(id=facts.version_id, number=facts.version),
        state=State.QUEUED.value,
        trigger=trigger,
        triggered_by=User(id=actor.user_id, username=actor.name),
        variables=variables,
        not_before_us=at_us,
        queued_us=at_us,
    )


def _check_variables(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        if not name.replace("_", "a").isalnum() or not name.isascii() or name[:1].isdigit():
            raise Invalid(
                f"“{name}” cannot be the name of a variable: letters, digits and _, not beginning with a digit.",
                field="variables",
            )
        if "\0" in value:
            raise Invalid(f"The value of {name} has a NUL character in it.", field="variables")
        if len(value.encode(errors="replace")) > _LONGEST_VALUE_BYTES:
            raise Invalid(f"The value of {name} is larger than 100 kB. Put it into a file.", field="variables")
    if sum(len(name) + len(value.encode(errors="replace")) for name, value in variables.items()) > _MOST_BYTES:
        raise Invalid("The variables are larger than 500 kB together. Put them into a file.", field="variables")
