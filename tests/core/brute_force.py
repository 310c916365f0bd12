"""Schedules worked out the slow and plain way: walk through every minute of the clock, or every period."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from capsulier.core.repeat import Repeat

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Asia/Kolkata", "UTC")
"""Lord Howe changes by half an hour; Nuuk at 23:00, so that the next time that exists is on another day."""
MINUTE = timedelta(minutes=1)


def shown_at(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def earliest_instant(wall: datetime, zone: str) -> datetime:
    """The first minute, from two days before on, at which the clock shows this time or has jumped over it."""
    around = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    seconds = wall.second, wall.microsecond
    start = (around - timedelta(hours=4)).replace(second=0, microsecond=0)
    before = shown_at(start, zone)
    for minutes in range(1, 60 * 8):
        instant = start + minutes * MINUTE
        shown = shown_at(instant, zone)
        exact = wall.replace(second=0, microsecond=0)
        if shown == exact:
            return instant.replace(second=seconds[0], microsecond=seconds[1])
        if before < exact < shown:
            return instant
        before = shown
    raise AssertionError(f"{wall} is nowhere in {zone}")


def repeat_instants(repeat: Repeat, until: datetime) -> Iterator[datetime]:
    """Every instant up to `until`, each one counted from the start."""
    period = repeat.period
    first = earliest_instant(repeat.start, repeat.zone)
    last = None
    for index in range(1_000_000):
        if period.is_elapsed:
            at = first + index * timedelta(seconds=period.clock_s)
        else:
            at = earliest_instant(
                _months_on(repeat.start, period.calendar_months * index)
                + index * timedelta(days=period.calendar_days, seconds=period.clock_s),
                repeat.zone,
            )
        if at > until:
            return
        if at != last:
            yield at
        last = at


def _months_on(start: datetime, months: int) -> datetime:
    """By counting months one at a time, and days back from the 31st until there is one."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    for day in range(start.day, 0, -1):
        try:
            return start.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError


def cron_instants(text: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """Look at the clock every minute. Which times match is asked of cronsim one minute at a time, without zones."""
    fields = CronSim(text, datetime.fromisoformat("2024-01-01"))
    every_hour = len(fields.hours) == 24

    def matches(wall: datetime) -> bool:
        return (
            wall.minute in fields.minutes
            and wall.hour in fields.hours
            and wall.month in fields.months
            and fields.match_day(wall.date())
        )

    found = set()
    shown_before: set[datetime] = set()
    instant = (after - timedelta(days=1)).replace(second=0, microsecond=0)
    last = shown_at(instant, zone)
    while instant <= until:
        shown = shown_at(instant, zone)
        skipped = []
        wall = last + MINUTE
        while wall < shown:
            skipped.append(wall)
            wall += MINUTE
        if (matches(shown) and (every_hour or shown not in shown_before)) or (
            not every_hour and any(map(matches, skipped))
        ):
            found.add(instant)
        shown_before.add(shown)
        last = shown
        instant += MINUTE
    return sorted(at for at in found if after < at <= until)
