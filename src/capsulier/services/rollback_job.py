"""Make an earlier (or later) version of a job current again."""

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.trail import Subject
from capsulier.services.finding import check_revision, find_job, find_version
from capsulier.services.trail import note_change
from capsulier.store.models import Version


def rollback_job(actor: Actor, job_id: int, number: int, *, revision: int | None = None) -> Version:
    """Make this version current. On the current one it does nothing."""
    with transaction.atomic():
        job = find_job(actor, job_id, Action.EDIT, lock=True)
        check_revision(job, revision)
        version = find_version(actor, job_id, number, Action.EDIT)
        if job.current_version_id != version.id:
            before = job.current_version.number if job.current_version else None
            job.current_version = version
            job.revision += 1
            job.save(update_fields=["current_version", "revision"])
            note_change(
                actor,
                job,
                "rolled back",
                subject=Subject.VERSION,
                before={"version": before},
                after={"version": number},
            )
        return version
