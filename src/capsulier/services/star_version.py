"""Mark a version as a major one, or no longer."""

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.trail import Subject
from capsulier.services.finding import find_job, find_version
from capsulier.services.trail import note_change
from capsulier.store.models import Version


def star_version(actor: Actor, job_id: int, number: int, *, is_major: bool = True) -> Version:
    """Set or take away the star. Doing it twice is the same as once."""
    with transaction.atomic():
        job = find_job(actor, job_id, Action.EDIT, lock=True)
        version = find_version(actor, job_id, number, Action.EDIT)
        if version.is_major != is_major:
            version.is_major = is_major
            version.save(update_fields=["is_major"])
            verb = "starred" if is_major else "unstarred"
            note_change(actor, job, verb, subject=Subject.VERSION, after={"version": number})
        return version
