"""Create a job."""

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from capsulier.capsules.capsule import CATEGORIES, Capsule
from capsulier.capsules.shelf import get_capsule
from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.errors import CapsulierError, Invalid, NameTaken
from capsulier.core.names import check_name, name_key
from capsulier.services.channels import check_channels
from capsulier.services.copy_variables import copy_variables
from capsulier.services.drafts import (
    Checks,
    ScheduleDraft,
    SettingsDraft,
    VersionDraft,
    check_schedule,
    check_settings,
    utc_now,
)
from capsulier.services.finding import check_open
from capsulier.services.scheduling import set_schedule
from capsulier.services.trail import note_change
from capsulier.services.versions import add_version, check_draft
from capsulier.store.models import Job, Platform


@dataclass(frozen=True, slots=True)
class JobDraft:
    name: str
    capsule: str
    version: VersionDraft
    category: str = ""
    """Empty: the first that the capsule is offered in."""
    settings: SettingsDraft = field(default_factory=SettingsDraft)
    schedule: ScheduleDraft | None = None
    variables_of: int | None = None
    """The job whose variables it gets."""


def create_job(actor: Actor, platform_id: int, draft: JobDraft, *, verb: str = "created") -> Job:
    """Create the job with its first version and schedule: all of it or nothing.

    Raises InvalidFields (or the one error) with every field that cannot be used, and NameTaken.
    """
    actor.require(Action.CREATE, platform_id, "The platform")
    check_open(Platform.objects.get(id=platform_id))
    capsule = check_new_job(actor, platform_id, draft)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                platform_id=platform_id,
                name=check_name(draft.name),
                name_key=name_key(draft.name),
                capsule=capsule.id,
                category=draft.category or capsule.categories[0],
                created_by_id=actor.user_id,
                **draft.settings.as_dict(),
            )
            add_version(actor, job, draft.version)
            set_schedule(job, draft.schedule)
            told: dict[str, Any] = {"name": job.name, "command": draft.version.command}
            if draft.variables_of is not None and (names := copy_variables(actor, draft.variables_of, job)):
                told["variables"] = names
            note_change(actor, job, verb, after=told)
            job.refresh_from_db()
            return job
    except IntegrityError as error:
        raise name_taken(draft.name) from error


def name_taken(name: str) -> NameTaken:
    return NameTaken(f"A job named “{name.strip()}” exists already. Choose another name.", field="name")


def is_name_free(name: str, platform_id: int, *, but_for: int | None = None) -> bool:
    taken = Job.objects.filter(platform_id=platform_id, name_key=name_key(name), deleted_at=None)
    return not (taken.exclude(id=but_for) if but_for else taken).exists()


def check_new_job(actor: Actor, platform_id: int, draft: JobDraft) -> Capsule:
    """The capsule of the draft. Raises what `create_job` would refuse, all of it at once; makes nothing."""
    checks = Checks()
    with checks("name"):
        check_name(draft.name)
        if not is_name_free(draft.name, platform_id):
            raise name_taken(draft.name)
    capsule: Capsule | None = None
    with checks("capsule"):
        try:
            capsule = get_capsule(draft.capsule, config().data_dir / "capsules")
        except CapsulierError as error:
            raise Invalid(error.sentence, field="capsule") from error
    if capsule is not None:
        with checks("category"):
            if draft.category and draft.category not in capsule.categories:
                offered = ", ".join(CATEGORIES[each] for each in capsule.categories)
                raise Invalid(f"{capsule.label} is offered in: {offered}.", field="category")
        check_draft(actor, draft.version, capsule.id, platform_id, checks)
    check_settings(draft.settings, checks)
    with checks("alert_channels"):
        check_channels(draft.settings.alert_channels, platform_id)
    if draft.schedule is not None:
        check_schedule(draft.schedule, utc_now(), checks)
    checks.done()
    if capsule is None:
        raise AssertionError("checks.done() has raised")
    return capsule
