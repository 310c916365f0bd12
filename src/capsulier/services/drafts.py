"""What a caller hands in to make or change a job, and the checks that hold wherever it comes from."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from capsulier.capsules.capsule import Capsule
from capsulier.core.alerts import AlertKind
from capsulier.core.catch_up import CatchUp
from capsulier.core.command import check_command
from capsulier.core.errors import CapsulierError, Invalid, InvalidFields
from capsulier.core.names import check_name
from capsulier.core.overlap import Overlap
from capsulier.core.schedule import Schedule, next_fire, parse_schedule
from capsulier.store.models import Package

_PART = r"[^@\s,;:<>()\"\x00-\x1f\x7f\ud800-\udfff]+"
_ADDRESS = re.compile(f"{_PART}@{_PART}")
"""Loose: hosts inside a company often have no dot in their names. What cannot be delivered comes back to say so."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_LONGEST_ADDRESS = 254
_MOST_ADDRESSES = 100

LONGEST_TEXT = 100_000

_KEPT = {
    "keep_days": "The number of days for which executions are kept",
    "keep_executions": "The number of executions that are kept",
    "keep_log_days": "The number of days for which logs are kept",
    "keep_mb": "The space for files",
    "keep_work_days": "The number of days for which working directories are kept",
}

LARGEST_NUMBER = 2_000_000_000
"""What the database's integers hold, rounded down."""


@dataclass(frozen=True, slots=True)
class VersionDraft:
    command: str
    package_id: int | None = None
    runtime: str = ""
    note: str = ""
    timeout_s: int | None = None
    memory_mb: int | None = None
    cpus: float | None = None


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """Exactly one of `repeat` and `cron`."""

    repeat: str = ""
    cron: str = ""
    timezone: str = "UTC"
    until: datetime | None = None
    paused: bool = False

    def parsed(self) -> Schedule:
        if bool(self.repeat) == bool(self.cron):
            raise Invalid("Give the schedule either as a repeat or as cron text.", field="schedule")
        return parse_schedule(repeat=self.repeat or None, cron=self.cron or None, zone=self.timezone, until=self.until)


@dataclass(frozen=True, slots=True)
class SettingsDraft:
    """What is not part of a version. The defaults are those of a new job."""

    description: str = ""
    max_running: int | None = None
    overlap: str = Overlap.QUEUE
    catch_up: str = CatchUp.LATEST
    retries: int = 0
    retry_delay_s: int = 300
    retry_growth: float = 1.0
    retry_cap_s: int | None = None
    keep_days: int | None = None
    """What is kept of its executions, as in `core.retention.Retention`: None leaves it to the platform, 0 keeps all."""
    keep_executions: int | None = None
    keep_log_days: int | None = None
    keep_mb: int | None = None
    keep_work_days: int | None = None
    alert_emails: list[str] = field(default_factory=list)
    alert_on: list[str] = field(default_factory=list)
    alert_channels: list[int] = field(default_factory=list)
    alert_failures: int | None = None
    alert_late_s: int | None = None
    alert_waiting_s: int | None = None
    warn_after_s: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


class Checks:
    """Collects what is wrong, so that a form can mark every field at once.

    >>> checks = Checks()
    >>> with checks("name"): ...
    >>> checks.done()
    """

    def __init__(self) -> None:
        self.errors: list[CapsulierError] = []

    @contextmanager
    def __call__(self, field: str) -> Iterator[None]:
        try:
            yield
        except CapsulierError as error:
            error.field = error.field or field
            self.errors.append(error)

    def done(self) -> None:
        """Raise what was found, if anything."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InvalidFields(self.errors)


def check_job_name(name: str) -> str:
    return check_name(name)


def check_version(draft: VersionDraft, capsule: Capsule, package: Package | None, checks: Checks) -> None:
    is_unknown = package is None and draft.package_id is not None
    with checks("package"):
        if not is_unknown:  # which has been said already
            _check_package(capsule, package)
    with checks("command"):
        # Where the package is missing, `{file}` in the command is no second error.
        has_package = package is not None or is_unknown or _lacks_package(capsule)
        check_command(draft.command, has_package=has_package)
    with checks("runtime"):
        if draft.runtime and draft.runtime not in {runtime.id for runtime in capsule.runtimes}:
            raise Invalid(f"{capsule.label} has no runtime “{draft.runtime}”.", field="runtime")
    _check_text(checks, "note", draft.note, "The release note")
    check_number(checks, "timeout_s", draft.timeout_s, 1, "The timeout")
    check_number(checks, "memory_mb", draft.memory_mb, 1, "The memory limit")
    with checks("cpus"):
        if draft.cpus is not None and not 0 < draft.cpus <= 1024:
            raise Invalid("The number of CPUs is more than 0 and at most 1024.", field="cpus")


def _lacks_package(capsule: Capsule) -> bool:
    return capsule.package is not None and capsule.package.required


def _check_package(capsule: Capsule, package: Package | None) -> None:
    if package is None:
        if _lacks_package(capsule):
            accepted = ", ".join(capsule.package.accepts) if capsule.package else ""
            raise Invalid(f"A {capsule.label} job needs a package ({accepted}).", field="package")
    elif not capsule.accepts(package.name):
        accepted = ", ".join(capsule.package.accepts) if capsule.package else "none"
        raise Invalid(f"{capsule.label} does not take “{package.name}”. It takes: {accepted}.", field="package")


def check_settings(draft: SettingsDraft, checks: Checks) -> None:
    _check_text(checks, "description", draft.description, "The description")
    check_number(checks, "max_running", draft.max_running, 1, "The number of executions at once")
    check_number(checks, "retries", draft.retries, 0, "The number of retries")
    check_number(checks, "retry_delay_s", draft.retry_delay_s, 0, "The retry delay")
    check_number(checks, "retry_cap_s", draft.retry_cap_s, 1, "The longest retry delay")
    check_retention(draft, checks)
    with checks("retry_growth"):
        if not 1 <= draft.retry_growth <= 100:
            raise Invalid("The retry delay grows by a factor from 1 to 100.", field="retry_growth")
    _check_choice(checks, "overlap", draft.overlap, Overlap)
    _check_choice(checks, "catch_up", draft.catch_up, CatchUp)
    check_alerts(draft.alert_emails, draft.alert_on, checks)
    check_number(checks, "alert_failures", draft.alert_failures, 1, "The number of failures in a row")
    check_number(checks, "alert_late_s", draft.alert_late_s, 1, "The longest delay of a start")
    check_number(checks, "warn_after_s", draft.warn_after_s, 1, "The time after which to warn")
    check_number(checks, "alert_waiting_s", draft.alert_waiting_s, 1, "The longest wait in the queue")


def check_alerts(addresses: Sequence[str], kinds: Sequence[str], checks: Checks) -> None:
    for kind in set(kinds):
        _check_choice(checks, "alert_on", kind, AlertKind)
    with checks("alert_on"):
        if len(kinds) > len(set(kinds)):
            raise Invalid("Name each type of alert once.", field="alert_on")
    with checks("alert_emails"):
        if len(addresses) > _MOST_ADDRESSES:
            words = f"An alert goes to at most {_MOST_ADDRESSES} addresses; these are {len(addresses):,}."
            raise Invalid(f"{words} Give the address of a list.", field="alert_emails")
        for address in addresses:
            if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
                raise Invalid(f"“{address[:60]}” is not an email address.", field="alert_emails")


def check_retention(draft: Any, checks: Checks) -> None:
    """`draft` has the names of `core.retention.Retention`."""
    for name, what in _KEPT.items():
        check_number(checks, name, getattr(draft, name), 0, what)


def check_schedule(draft: ScheduleDraft, now: datetime, checks: Checks) -> None:
    with checks("schedule"):
        schedule = draft.parsed()
        if draft.until is not None and draft.until.tzinfo is None:
            raise Invalid("The end of the schedule needs an offset, such as Z or +01:00.", field="until")
        if next_fire(schedule, now) is None:
            raise Invalid("This schedule has no fire after now.", field="schedule")


def _check_text(checks: Checks, field: str, text: str, what: str) -> None:
    with checks(field):
        if "\0" in text:  # PostgreSQL cannot hold it
            raise Invalid(f"{what} has a NUL character in it.", field=field)
        if _HALF_CHARACTER.search(text):
            raise Invalid(f"{what} has half a character in it: it is not valid Unicode.", field=field)
        if len(text) > LONGEST_TEXT:
            raise Invalid(f"{what} has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}.", field=field)


def check_number(
    checks: Checks, field: str, value: float | None, least: int, what: str, *, most: int = LARGEST_NUMBER
) -> None:
    with checks(field):
        if value is not None and not least <= value <= most:
            raise Invalid(f"{what} is at least {least} and at most {most}.", field=field)


def _check_choice(checks: Checks, field: str, value: str, choices: type[StrEnum]) -> None:
    with checks(field):
        if value not in list(choices):
            raise Invalid(f"“{value}” is not one of {', '.join(choices)}.", field=field)


def utc_now() -> datetime:
    return datetime.now(UTC)
