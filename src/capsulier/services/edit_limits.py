"""Change what a platform may take: executions at once, logs, disk, and how much of its history is kept."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import transaction

from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.core.trail import Subject
from capsulier.core.wording import size_in_words
from capsulier.ledger.wake import CONDUCTOR, wake
from capsulier.services.drafts import Checks, check_number, check_retention
from capsulier.services.finding import find_platform
from capsulier.services.trail import differences, note
from capsulier.store.models import Platform

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit of the platform's own: then that of the installation holds, and of what is kept, all is."""

    max_running: int
    max_log_mb: int | None = None
    min_free_mb: int | None = None
    keep_days: int | None = None
    keep_executions: int | None = None
    keep_log_days: int | None = None
    keep_mb: int | None = None
    keep_work_days: int | None = None


LIMITS = tuple(each.name for each in fields(Limits))


def limits_of(platform: Platform) -> Limits:
    return Limits(**{name: getattr(platform, name) for name in LIMITS})


def edit_limits(actor: Actor, platform_name: str, given: dict[str, Any]) -> Platform:
    """Change what is given (names of `Limits`), leave the rest: all of it or nothing. Its administrators may; a limit
    of the installation they can make stricter, not looser. Raises Invalid or InvalidFields."""
    with transaction.atomic():
        platform = find_platform(actor, platform_name, Action.ADMINISTER)
        before = limits_of(platform)
        after = Limits(**{**asdict(before), **given})
        check_limits(after)
        changed_from, changed_to = differences(asdict(before), asdict(after))
        if changed_to:
            for name, value in changed_to.items():
                setattr(platform, name, value)
            platform.save(update_fields=list(changed_to))
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


def check_limits(limits: Limits) -> None:
    """Raise for everything that cannot be used, all at once."""
    checks = Checks()
    check_number(checks, "max_running", limits.max_running, 1, "The number of executions at once", most=10_000)
    check_retention(limits, checks)
    check_number(checks, "max_log_mb", limits.max_log_mb, 1, "The log limit")
    check_number(checks, "min_free_mb", limits.min_free_mb, 0, "The free space")
    most, least = config().max_log_bytes, config().min_free_bytes
    with checks("max_log_mb"):
        if limits.max_log_mb is not None and limits.max_log_mb * _MB > most:
            words = f"This installation allows {size_in_words(most)} of log at most."
            raise Invalid(f"{words} CAPSULIER_MAX_LOG_BYTES says so.", field="max_log_mb")
    with checks("min_free_mb"):
        if limits.min_free_mb is not None and limits.min_free_mb * _MB < least:
            words = f"This installation wants {size_in_words(least)} free at least."
            raise Invalid(f"{words} CAPSULIER_MIN_FREE_BYTES says so.", field="min_free_mb")
    checks.done()
