"""Change a platform's name, label, limits and account."""

from django.db import IntegrityError, transaction

from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.core.names import check_platform_name
from capsulier.core.trail import Subject
from capsulier.ledger.wake import CONDUCTOR, wake
from capsulier.services.accounts import check_run_as
from capsulier.services.create_platform import check_label, check_limit, platform_name_taken
from capsulier.services.drafts import Checks
from capsulier.services.finding import find_platform
from capsulier.services.trail import differences, note
from capsulier.store.models import Platform

FIRST = "main"
"""What a program means that names no platform: it keeps its name, and is never archived."""


def edit_platform(
    actor: Actor,
    name: str,
    *,
    new_name: str | None = None,
    label: str | None = None,
    max_running: int | None = None,
    run_as: str | None = None,
) -> Platform:
    """Change what is given, leave the rest. Its administrators may. Another name is for those of the installation,
    because addresses and scripts hang on it, and so is another account: what its jobs may do on the machine hangs on
    that. Raises Invalid, NameTaken."""
    with transaction.atomic():
        platform = find_platform(actor, name, Action.ADMINISTER)
        before = platform_facts(platform)
        _take(actor, platform, new_name=new_name, label=label, max_running=max_running, run_as=run_as)
        changed_from, changed_to = differences(before, platform_facts(platform))
        if changed_to:
            try:
                with transaction.atomic():
                    platform.save(update_fields=list(changed_to))
            except IntegrityError as error:
                raise platform_name_taken(platform.name) from error
            note(
                actor,
                Subject.PLATFORM,
                platform.name,
                "edited",
                platform_id=platform.pk,
                before=changed_from,
                after=changed_to,
            )
            wake(CONDUCTOR)  # there may be room for more executions now
        return platform


def platform_facts(platform: Platform) -> dict[str, str | int]:
    return {
        "name": platform.name,
        "label": platform.label,
        "max_running": platform.max_running,
        "run_as": platform.run_as,
    }


def _take(
    actor: Actor,
    platform: Platform,
    *,
    new_name: str | None,
    label: str | None,
    max_running: int | None,
    run_as: str | None,
) -> None:
    checks = Checks()
    if new_name is not None and new_name != platform.name:
        actor.require_installation()
        with checks("name"):
            if platform.name == FIRST:
                raise Invalid(f"“{FIRST}” is what programs mean that name no platform. Change its label.", field="name")
            platform.name = check_platform_name(new_name)
    if label is not None:
        with checks("label"):
            platform.label = check_label(label)
    if max_running is not None:
        with checks("max_running"):
            platform.max_running = check_limit(max_running)
    if run_as is not None and run_as.strip() != platform.run_as:
        actor.require_installation()
        with checks("run_as"):
            platform.run_as = check_run_as(run_as)
    checks.done()
