"""Pause a job's schedule."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.ledger.firing import show_next_fires
from capsulier.ledger.wake import CONDUCTOR, wake
from capsulier.services.finding import find_job_to_fire
from capsulier.services.settle_fires import settle_fires
from capsulier.services.trail import note_change
from capsulier.store.models import Job, Schedule


def pause_schedule(actor: Actor, job_id: int) -> Job:
    """Let the schedule fire no more until it is resumed. Pausing twice is the same as once."""
    with transaction.atomic():
        job = find_job_to_fire(actor, job_id, Action.EDIT)
        if not Schedule.objects.filter(job=job).exists():
            raise Invalid(f"“{job.name}” has no schedule to pause.", field="schedule")
        settle_fires(job)
        if Schedule.objects.filter(job=job, paused=False).update(paused=True):
            job.revision += 1
            job.save(update_fields=["revision"])
            show_next_fires({job.id: None}, now_us())
            note_change(actor, job, "paused")
            wake(CONDUCTOR)
        job.refresh_from_db()
        return job
