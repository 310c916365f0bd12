"""Take a job out of the trash."""

from django.db import IntegrityError, transaction

from capsulier.clock import as_datetime, as_us, now_us
from capsulier.core.access import Action, Actor
from capsulier.core.names import name_key, with_suffix
from capsulier.core.schedule import next_fire
from capsulier.ledger.firing import show_next_fires
from capsulier.ledger.wake import CONDUCTOR, wake
from capsulier.services.create_job import is_name_free
from capsulier.services.finding import find_job
from capsulier.services.scheduling import schedule_draft
from capsulier.services.trail import note_change
from capsulier.store.models import Job, Schedule


def restore_job(actor: Actor, job_id: int) -> Job:
    """Restore it with all it had; a name that was taken in the meantime gets a suffix. Its schedule goes on from now:
    the instants while it was in the trash are not made up for. On a job that is not deleted it does nothing."""
    while True:
        try:
            return _restore(actor, job_id)
        except IntegrityError:  # the name was taken between our look and our write
            continue


@transaction.atomic
def _restore(actor: Actor, job_id: int) -> Job:
    job = find_job(actor, job_id, Action.DELETE, lock=True, deleted=True)
    if job.deleted_at is None:
        return job
    job.name = with_suffix(job.name, lambda each: not is_name_free(each, job.platform_id))
    job.name_key = name_key(job.name)
    job.deleted_at = job.deleted_by = None
    job.revision += 1
    job.save(update_fields=["name", "name_key", "deleted_at", "deleted_by", "revision"])
    go_on_from_now(job)
    note_change(actor, job, "restored", after={"name": job.name})
    job.refresh_from_db()
    return job


def go_on_from_now(job: Job) -> None:
    """Let the schedule of a job go on that rested: part of the caller's transaction."""
    schedule = Schedule.objects.filter(job=job).first()
    draft = schedule_draft(schedule)
    if schedule is None or draft is None:
        return
    at_us = now_us()
    upcoming = next_fire(draft.parsed(), as_datetime(at_us)) if schedule.next_fire_us is not None else None
    schedule.accounted_us = at_us
    schedule.next_fire_us = as_us(upcoming) if upcoming else None
    schedule.save(update_fields=["accounted_us", "next_fire_us"])
    show_next_fires({job.id: None if schedule.paused else schedule.next_fire_us}, at_us)
    wake(CONDUCTOR)
