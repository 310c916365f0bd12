"""Repeat: a first run at a date and time, then again after every period, so many times or for ever."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from capsulier.core.errors import Invalid
from capsulier.core.period import Period, parse_period
from capsulier.core.zones import Due, check_zone, exists_twice, first_instant, wall_at

_EXAMPLE = "R5/2026-12-01T08:00:00/P1D"
_TIMES = re.compile(r"R(\d{0,9})", re.ASCII)
_YEARS = range(1970, 3000)


@dataclass(frozen=True)
class Repeat:
    """`R[n]/start/period`. The instants have no end but `until`: `times` counts executions that the schedule
    started, so whoever starts them asks `may_fire`."""

    times: int | None
    """None is for ever."""
    start: datetime
    """Wall-clock time in the zone. Naive; `fold` is 1 only where the text fixed the second of two like times."""
    period: Period
    zone: str
    until: datetime | None = None
    """The last instant at which it may fire, UTC."""

    @cached_property
    def text(self) -> str:
        times = "" if self.times is None else self.times
        start = self.start.replace(tzinfo=ZoneInfo(self.zone)) if self.start.fold else self.start
        return f"R{times}/{start.isoformat()}/{self.period.text}"

    @cached_property
    def first_at(self) -> datetime:
        """When it fires first, UTC."""
        if self.start.fold:
            return self.start.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        return first_instant(self.start, ZoneInfo(self.zone))

    def may_fire(self, started: int) -> bool:
        """May it start one more execution, after it has started so many?"""
        return self.times is None or started < self.times

    def due(self, index: int) -> Due:
        """Fire number `index`, from 0, counted from the start and never from another fire: nothing can drift."""
        if self.period.is_elapsed:
            return Due(self.first_at + index * self.period.shortest)
        if index == 0:
            return Due(self.first_at, self.start)
        wall = self.period.times(index, self.start.replace(fold=0))
        return Due(first_instant(wall, ZoneInfo(self.zone)), wall)

    def first_after(self, after: datetime) -> Due | None:
        """The first fire later than that instant, whatever `until` says."""
        return None if self.times == 0 else self.due(self._index_after(after))

    def count(self, after: datetime, until: datetime) -> int | None:
        """How many fires lie in after < fire <= until, where that can be told without walking through them."""
        if self.times == 0:
            return 0
        if self.period.is_elapsed:
            return max(0, self._index_after(until) - self._index_after(after))
        return None

    def _index_after(self, after: datetime) -> int:
        if after < self.first_at:
            return 0
        beyond = (after - self.first_at) // self.period.shortest + 1
        if self.period.is_elapsed:
            return beyond
        # Clock changes and long months only make the true index smaller; one more for a change at the very end.
        return bisect_right(range(beyond + 1), after, key=lambda index: self.due(index).at)


def parse_repeat(text: str, *, zone: str = "UTC", until: datetime | None = None) -> Repeat:
    """Read `R[n]/start/period`. An offset in the start fixes the instant; without one it is wall-clock time."""
    head, _, rest = text.strip().partition("/")
    begin, _, delay = rest.partition("/")
    times = _TIMES.fullmatch(head.upper())
    if not times or not begin:
        raise Invalid(
            f"“{text[:60]}” is not a schedule. Write it as {_EXAMPLE}: how many times (R alone is for ever), "
            "the first run, the delay between runs.",
            field="schedule",
        )
    if not delay.strip():
        raise Invalid(f"A delay between runs is required, such as P1D in {_EXAMPLE}.", field="schedule")
    period = parse_period(delay)
    repeat = Repeat(int(times[1]) if times[1] else None, _parse_start(begin, zone), period, check_zone(zone), until)
    if until and until < repeat.first_at:
        raise Invalid("The end lies before the first run, so the job would never run.", field="until")
    return repeat


def _parse_start(text: str, zone: str) -> datetime:
    tz = ZoneInfo(check_zone(zone))
    try:
        start = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        start = None
    if start is None or not re.search(r"\d[T ]\d", text.upper()):
        raise Invalid(
            f"“{text[:40]}” is not a date and time of the first run. Write it as 2026-12-01T08:00:00.", field="schedule"
        )
    if start.year not in _YEARS:
        raise Invalid(f"The first run must lie in the years {_YEARS[0]} to {_YEARS[-1]}.", field="schedule")
    if start.tzinfo is None:
        return start.replace(fold=0)
    wall = wall_at(start.astimezone(UTC), tz)
    return wall if exists_twice(wall, tz) else wall.replace(fold=0)
