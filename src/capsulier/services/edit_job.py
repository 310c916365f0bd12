"""Change a job's name and settings: what is not part of a version."""

from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from capsulier.core.access import Action, Actor
from capsulier.core.names import check_name, name_key
from capsulier.services.channels import check_channels
from capsulier.services.create_job import is_name_free, name_taken
from capsulier.services.drafts import (
    Checks,
    ScheduleDraft,
    SettingsDraft,
    check_schedule,
    check_settings,
    utc_now,
)
from capsulier.services.finding import check_revision, find_job, find_job_to_fire
from capsulier.services.scheduling import schedule_draft, schedule_facts, set_schedule
from capsulier.services.trail import differences, note_change
from capsulier.store.models import Job, Schedule

KEEP: Any = object()
"""For `schedule`: leave it as it is. None takes it away."""


def edit_job(
    actor: Actor,
    job_id: int,
    *,
    name: str | None = None,
    settings: dict[str, Any] | None = None,
    schedule: ScheduleDraft | None = KEEP,
    revision: int | None = None,
) -> Job:
    """Change what is given, leave the rest. `settings` has keys of SettingsDraft. All of it or nothing.

    Raises Stale where `revision` is given and somebody was faster. What changes nothing makes no new revision.
    """
    with transaction.atomic():
        if schedule is KEEP:
            job = find_job(actor, job_id, Action.EDIT, lock=True)
        else:
            job = find_job_to_fire(actor, job_id, Action.EDIT)
        check_revision(job, revision)
        before = job_facts(job)
        current = Schedule.objects.filter(job=job).first()
        draft = replace(settings_of(job), **(settings or {}))
        check_edit(job, name, draft, schedule, schedule_draft(current))
        if name is not None:
            job.name, job.name_key = check_name(name), name_key(name)
        for key, value in draft.as_dict().items():
            setattr(job, key, value)
        after = job_facts(job)
        if schedule is not KEEP and schedule != schedule_draft(current):
            before |= {"schedule": _shown(schedule_facts(current))}
            set_schedule(job, schedule)
            after |= {"schedule": _shown(schedule_facts(Schedule.objects.filter(job=job).first()))}
        changed_from, changed_to = differences(before, after)
        if changed_to:
            job.revision += 1
            try:
                with transaction.atomic():
                    job.save(update_fields=["name", "name_key", "revision", *draft.as_dict()])
            except IntegrityError as error:
                raise name_taken(job.name) from error
            note_change(actor, job, "edited", before=changed_from, after=changed_to)
        job.refresh_from_db()
        return job


def settings_of(job: Job) -> SettingsDraft:
    return SettingsDraft(**{key: getattr(job, key) for key in SettingsDraft().as_dict()})


def job_facts(job: Job) -> dict[str, Any]:
    """What an edit may change, for the audit trail."""
    return {"name": job.name, **settings_of(job).as_dict()}


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in facts.items()}


def check_edit(
    job: Job,
    name: str | None,
    settings: SettingsDraft,
    schedule: ScheduleDraft | None,
    current: ScheduleDraft | None,
) -> None:
    """Raise what `edit_job` would refuse, all of it at once; `current` is the schedule that the job has."""
    checks = Checks()
    if name is not None:
        with checks("name"):
            check_name(name)
            if not is_name_free(name, job.platform_id, but_for=job.id):
                raise name_taken(name)
    check_settings(settings, checks)
    with checks("alert_channels"):
        check_channels(settings.alert_channels, job.platform_id)
    # A schedule that has run its course may stay as it is; only a new one must fire.
    if (
        schedule is not KEEP
        and schedule is not None
        and (current is None or replace(schedule, paused=current.paused) != current)
    ):
        check_schedule(schedule, utc_now(), checks)
    checks.done()
