"""Schedules: the one way for everybody else to ask when a job is to run by itself. All instants are aware, UTC out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from capsulier.core import cron_words, repeat_words
from capsulier.core.cron import Cron, parse_cron
from capsulier.core.errors import Invalid
from capsulier.core.repeat import Repeat, parse_repeat
from capsulier.core.wording import duration_in_words
from capsulier.core.zones import Due, check_zone, exists_twice, first_instant

Schedule: TypeAlias = Repeat | Cron


@dataclass(frozen=True, slots=True)
class PreviewedFire:
    """A coming fire, as the pages show it."""

    at: datetime
    """UTC."""
    local: datetime
    """The same instant in the schedule's zone."""
    note: str | None
    """What a change of clocks does to it."""


def parse_schedule(
    *, repeat: str | None = None, cron: str | None = None, zone: str = "UTC", until: datetime | None = None
) -> Schedule:
    """Read a schedule given one way or the other. `until` is the last instant that may fire; naive, it is wall-clock
    time in the zone. Refusals name the field: schedule, cron, timezone or until."""
    check_zone(zone)
    if until:
        try:
            until = until.astimezone(UTC) if until.tzinfo else first_instant(until, ZoneInfo(zone))
        except OverflowError as error:
            raise Invalid("The end of the schedule is too far away: no calendar has it.", field="until") from error
    if repeat is not None and cron is not None:
        raise Invalid("Give a repeat or a cron, not both.", field="cron")
    if repeat is not None:
        return parse_repeat(repeat, zone=zone, until=until)
    if cron is not None:
        return parse_cron(cron, zone=zone, until=until)
    raise Invalid("Say when the job is to run: a repeat or a cron.", field="schedule")


def next_fire(schedule: Schedule, after: datetime) -> datetime | None:
    """The first fire strictly later than that instant; None where there is none any more."""
    due = _next_due(schedule, after)
    return due.at if due else None


def fires_between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The fires in after < fire <= until, in order, each found when it is asked for."""
    fire = next_fire(schedule, after)
    while fire and fire <= until:
        yield fire
        fire = next_fire(schedule, fire)


def count_fires(schedule: Schedule, after: datetime, until: datetime) -> int:
    """How many fires lie in after < fire <= until, quickly even where they are a million."""
    if schedule.until:
        until = min(until, schedule.until)
    count = schedule.count(after, until)
    return sum(1 for _ in fires_between(schedule, after, until)) if count is None else count


def last_fires(schedule: Schedule, after: datetime, until: datetime, at_most: int) -> list[datetime]:
    """The latest `at_most` fires in after < fire <= until, in order, without walking through the earlier ones."""
    stretch = timedelta(hours=1)
    while at_most > 0:
        begin = max(after, until - stretch)
        fires = list(fires_between(schedule, begin, until))
        if len(fires) >= at_most or begin == after:
            return fires[-at_most:]
        stretch *= 2
    return []


def in_words(schedule: Schedule) -> str:
    """One line for a person: "Every 2 days at 08:00, 5 times, from 24 November 2026, Europe/Paris"."""
    said = repeat_words.in_words(schedule) if isinstance(schedule, Repeat) else cron_words.in_words(schedule)
    if not schedule.until:
        return f"{said}, {schedule.zone}"
    last = schedule.until.astimezone(ZoneInfo(schedule.zone))
    return f"{said}, until {repeat_words.day(last)} at {repeat_words.clock(last)}, {schedule.zone}"


def preview(schedule: Schedule, now: datetime, count: int = 10, started: int = 0) -> list[PreviewedFire]:
    """The next fires, at most as many as the schedule still starts after `started` executions."""
    zone = ZoneInfo(schedule.zone)
    fires: list[PreviewedFire] = []
    due = _next_due(schedule, now)
    while due and len(fires) < count and schedule.may_fire(started + len(fires)):
        local = due.at.astimezone(zone)
        fires.append(PreviewedFire(due.at, local, _clock_note(due, local, fires[-1].local if fires else None)))
        due = _next_due(schedule, due.at)
    return fires


def _clock_note(due: Due, local: datetime, last: datetime | None) -> str | None:
    if due.wall and due.wall != local.replace(tzinfo=None):
        return f"clocks go forward: {due.wall:%H:%M} does not exist, fires at {local:%H:%M}"
    if local.fold:
        return f"clocks go back: {local:%H:%M} for the second time"
    if due.wall and exists_twice(due.wall, ZoneInfo(str(local.tzinfo))):
        return f"clocks go back: {local:%H:%M} comes twice, fires the first time"
    change = (local.utcoffset() or timedelta()) - (last.utcoffset() or timedelta()) if last else timedelta()
    return f"clock change: {_signed(change)} since the last" if change else None


def _signed(change: timedelta) -> str:
    return f"{'−' if change < timedelta() else '+'}{duration_in_words(abs(change).total_seconds())}"


def _next_due(schedule: Schedule, after: datetime) -> Due | None:
    due = schedule.first_after(after.astimezone(UTC))
    return due if due and not (schedule.until and due.at > schedule.until) else None
