"""Run a job now."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid, JobDeleted, NotFound, PlatformArchived
from capsulier.core.states import State
from capsulier.core.trail import Subject
from capsulier.ledger.queueing import NewExecution, lock_to_run, queue
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.run_variables import keep_run_variables
from capsulier.services.snapshots import snapshot_of
from capsulier.services.trail import note
from capsulier.store.models import Execution, Job, User, Version


def run_job(
    actor: Actor,
    job_id: int,
    *,
    variables: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    trigger: str = "manual",
) -> Execution:
    """Queue an execution of the current version. It ignores the overlap policy and obeys the limits.

    `variables` and `secrets` are environment variables for this run only, and win over those of the job and its
    platform; what takes the place of a secret is kept as one. The answer is the execution as it was queued, with its
    version's number and who asked; it is not read back.
    """
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
        kept = keep_run_variables(actor, job_id, facts.platform_id, variables or {}, secrets or {})
        at_us = now_us()
        new = NewExecution(
            platform_id=facts.platform_id,
            job_id=job_id,
            version_id=facts.version_id,
            trigger=trigger,
            triggered_by_id=actor.user_id,
            not_before_us=at_us,
            variables=kept,
            snapshot=snapshot_of(facts),
        )
        [queued] = queue([new], at_us)
        told: dict[str, Any] = {"execution": queued.number, "version": facts.version}
        if kept:
            told["variables"] = sorted(kept)
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
        variables=kept,
        not_before_us=at_us,
        queued_us=at_us,
    )
