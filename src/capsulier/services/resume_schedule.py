"""Let a paused schedule go on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from capsulier.clock import as_datetime, now_us
from capsulier.core.access import Action, Actor
from capsulier.core.catch_up import CatchUp, catch_up
from capsulier.core.errors import CapsulierError
from capsulier.core.fires import FireWhy
from capsulier.ledger import firing
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.due_fires import read_schedule
from capsulier.services.finding import find_job_to_fire
from capsulier.services.settle_fires import decide
from capsulier.services.trail import note_change
from capsulier.store.models import Job, Schedule


def resume_schedule(actor: Actor, job_id: int, *, policy: CatchUp | None = None) -> Job:
    """Resume it; `policy` says what to do with the instants that passed meanwhile (None: the job's own policy).
    On one that is not paused it does nothing."""
    with transaction.atomic():
        job = find_job_to_fire(actor, job_id, Action.EDIT)
        if Schedule.objects.filter(job=job, paused=True).exists():
            let_go_on(job, policy or CatchUp(job.catch_up))
            job.revision += 1
            job.save(update_fields=["revision"])
            note_change(actor, job, "resumed", after={"missed fires": policy or job.catch_up})
        job.refresh_from_db()
        return job


@dataclass(frozen=True, slots=True)
class Passed:
    """What was due while a schedule was paused."""

    count: int
    at_most: int
    """So many of them, the latest, can still be made up for."""
    latest: datetime | None


def passed_meanwhile(schedule: Schedule) -> Passed:
    """What somebody who resumes it now decides about. Nothing of one that is not paused, or cannot be read any more."""
    if not schedule.paused:
        return Passed(0, 0, None)
    try:
        parsed = read_schedule(schedule.repeat, schedule.cron, schedule.timezone, schedule.until)
    except CapsulierError:
        return Passed(0, 0, None)
    since, now = as_datetime(schedule.accounted_us), as_datetime(now_us())
    past = catch_up(parsed, since, now, CatchUp.ALL, started=schedule.started)
    count = len(past.run) + (past.missed.count if past.missed else 0)
    return Passed(count, len(past.run), past.run[-1] if past.run else None)


def let_go_on(job: Job, policy: CatchUp) -> None:
    """Resume the paused schedule of a locked job, part of the caller's transaction: the instants of the pause get
    their records, and the schedule its next fire."""
    Schedule.objects.filter(job=job).update(paused=False)
    at_us = now_us()
    row = firing.lock_schedule(job.id, at_us)
    if row is None:
        return
    firing.advance([decide(row, as_datetime(at_us), policy, FireWhy.PAUSED)], at_us)
    wake(CONDUCTOR, PAGES)
