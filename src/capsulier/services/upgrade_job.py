"""Upgrade a job to a new version."""

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.trail import Subject
from capsulier.services.drafts import Checks, VersionDraft
from capsulier.services.finding import check_revision, find_job
from capsulier.services.trail import note_change
from capsulier.services.versions import add_version, check_draft
from capsulier.store.models import Version


def upgrade_job(actor: Actor, job_id: int, draft: VersionDraft, *, revision: int | None = None) -> Version:
    """Add a version and make it current. Executions that are queued or at work keep theirs."""
    with transaction.atomic():
        job = find_job(actor, job_id, Action.EDIT, lock=True)
        check_revision(job, revision)
        checks = Checks()
        check_draft(actor, draft, job.capsule, job.platform_id, checks)
        checks.done()
        before = job.current_version.number if job.current_version else None
        version = add_version(actor, job, draft)
        note_change(
            actor,
            job,
            "upgraded",
            subject=Subject.VERSION,
            before={"version": before},
            after={"version": version.number, "note": version.note},
        )
        return version
