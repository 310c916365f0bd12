"""Create from…: a new job with everything of an existing one."""

from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.core.names import with_suffix
from capsulier.core.schedule import next_fire
from capsulier.services.create_job import JobDraft, create_job, is_name_free
from capsulier.services.drafts import ScheduleDraft, VersionDraft, utc_now
from capsulier.services.edit_job import settings_of
from capsulier.services.finding import find_job
from capsulier.services.scheduling import schedule_draft
from capsulier.store.models import Job, Schedule


def copy_job(actor: Actor, job_id: int, *, name: str | None = None) -> Job:
    """Copy the job: its current version, settings, schedule and variables, not its history. Without a name it gets a
    free one."""
    source = find_job(actor, job_id, Action.SEE)
    return create_job(actor, source.platform_id, draft_from(source, name), verb=f"created from {source.name}"[:31])


def draft_from(source: Job, name: str | None = None) -> JobDraft:
    """What a new job made from this one begins with."""
    version = source.current_version
    if version is None:
        raise Invalid(f"“{source.name}” has no version to copy.")
    return JobDraft(
        name=name or with_suffix(source.name, lambda each: not is_name_free(each, source.platform_id)),
        capsule=source.capsule,
        category=source.category,
        version=VersionDraft(
            command=version.command,
            package_id=version.package_id,
            runtime=version.runtime,
            note=f"Created from {source.name}, version {version.number}",
            timeout_s=version.timeout_s,
            memory_mb=version.memory_mb,
            cpus=version.cpus,
        ),
        settings=settings_of(source),
        schedule=_schedule_of(source),
        variables_of=source.pk,
    )


def _schedule_of(source: Job) -> ScheduleDraft | None:
    """One that fires no more is not copied: the new job could not be saved with it."""
    draft = schedule_draft(Schedule.objects.filter(job=source).first())
    return draft if draft and next_fire(draft.parsed(), utc_now()) else None
