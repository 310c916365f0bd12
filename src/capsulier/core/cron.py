"""Cron: five fields that say at which minutes of which days.

`cronsim` reads the fields and finds the matching wall-clock times; the clocks are ours, because its own way with them
skips the first minutes of an hour after a half-hour change (Lord Howe) and can answer with an instant before the one
asked about in an hour that comes twice (cronsim 2.8).

What a change of clocks does follows from the hours, much as in Debian's cron:

- every hour (`*/10 * * * *`, `5 * * * *`): the job runs by elapsed time. An hour that is skipped is not there, and in
  an hour that comes twice it runs both times;
- certain hours (`30 2 * * *`, `0 */2 * * *`): each time is kept once. One that does not exist moves to the next that
  does, one that exists twice fires the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from capsulier.core.errors import Invalid
from capsulier.core.zones import Due, check_zone, first_instant, next_change, offset_at, wall_at

_FIELDS = (
    ("minute", "minutes are 0 to 59"),
    ("hour", "hours are 0 to 23"),
    ("day of the month", "days are 1 to 31, or L for the last one"),
    ("month", "months are 1 to 12, or JAN to DEC"),
    ("day of the week", "days are 0 to 7 (0 and 7 are Sunday), or SUN to SAT"),
)
_SOME_DAY = datetime.fromisoformat("2024-01-01")
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_LONGEST = 200


@dataclass(frozen=True)
class Cron:
    """Five fields, in a zone."""

    text: str
    zone: str
    until: datetime | None = None
    """The last instant at which it may fire, UTC."""

    def may_fire(self, started: int) -> bool:
        """A cron has no number of times; it asks nothing of how many it has started."""
        return True

    @cached_property
    def fields(self) -> CronSim:
        """The fields as sets. Only to be looked at: walking it would move it."""
        return CronSim(self.text, _SOME_DAY)

    @property
    def runs_every_hour(self) -> bool:
        return len(self.fields.hours) == 24

    def first_after(self, after: datetime) -> Due | None:
        """The first fire later than that instant, whatever `until` says."""
        zone = ZoneInfo(self.zone)
        return self._first_elapsed(after, zone) if self.runs_every_hour else self._first_on_the_wall(after, zone)

    def _first_on_the_wall(self, after: datetime, zone: ZoneInfo) -> Due | None:
        # Walks on only within an hour that comes twice or not at all.
        for wall in self._walls_after(wall_at(after, zone)):
            at = first_instant(wall, zone)
            if at > after:
                return Due(at, wall)
        return None

    def _first_elapsed(self, after: datetime, zone: ZoneInfo) -> Due | None:
        begin, wall = after, wall_at(after, zone)
        while (match := next(self._walls_after(wall), None)) is not None:
            at = match.replace(tzinfo=UTC) - offset_at(begin, zone)
            change = next_change(zone, begin, at)
            if change is None:
                return Due(at)
            # The clock jumps before it shows that time: go on from what it shows then, that minute included.
            begin, wall = change, wall_at(change, zone) - _TICK
        return None

    def count(self, after: datetime, until: datetime) -> int:
        """How many fires lie in after < fire <= until. Counted by the day, and walked only around a clock change."""
        zone = ZoneInfo(self.zone)
        total, day = 0, wall_at(after, zone).date()
        while after < until:
            begin, end = (first_instant(datetime.combine(day + i * _DAY, time()), zone) for i in (0, 1))
            last = min(end - _TICK, until)
            if next_change(zone, begin - _DAY, end):
                total += self._walk(after, last)
            else:
                earlier = self._count_in_day(wall_at(after, zone)) if after >= begin else 0
                total += self._count_in_day(wall_at(last, zone)) - earlier
            after, day = max(after, last), day + _DAY
        return total

    def _walk(self, after: datetime, until: datetime) -> int:
        total, due = 0, self.first_after(after)
        while due and due.at <= until:
            total, due = total + 1, self.first_after(due.at)
        return total

    def _count_in_day(self, wall: datetime) -> int:
        """How many matching times its day has had when the clock shows `wall`."""
        hours, minutes = self.fields.hours, self.fields.minutes
        if not self._matches_day(wall):
            return 0
        whole = sum(hour < wall.hour for hour in hours) * len(minutes)
        return whole + (sum(minute <= wall.minute for minute in minutes) if wall.hour in hours else 0)

    def _matches_day(self, wall: datetime) -> bool:
        return wall.month in self.fields.months and self.fields.match_day(wall.date())

    def _walls_after(self, wall: datetime) -> Iterator[datetime]:
        walls: Iterator[datetime] = CronSim(self.text, wall)
        return walls


def parse_cron(text: str, *, zone: str = "UTC", until: datetime | None = None) -> Cron:
    """Read five fields; a refusal names the field."""
    parts = text.split()
    if len(text) > _LONGEST:
        raise Invalid(f"A cron has at most {_LONGEST} characters; this one has {len(text):,}.", field="cron")
    if len(parts) != len(_FIELDS):
        raise Invalid(
            f"A cron has 5 fields: minute, hour, day of the month, month, day of the week. This one has {len(parts)}. "
            "An example: 0 8 * * 1-5 is at 08:00, Monday to Friday.",
            field="cron",
        )
    for index, (part, (name, allowed)) in enumerate(zip(parts, _FIELDS, strict=True)):
        alone = ["*"] * len(_FIELDS)
        alone[index] = part
        if not _is_readable(" ".join(alone)):
            raise Invalid(
                f"The {name} “{part}” cannot be used: {allowed}, as in *, 5, 1-5, 1,3,5 or */2.", field="cron"
            )
    text = " ".join(parts)
    if not _is_readable(text) or next(CronSim(text, _SOME_DAY), None) is None:
        raise Invalid("No date has this day in this month, so the job would never run.", field="cron")
    return Cron(text, check_zone(zone), until)


def _is_readable(text: str) -> bool:
    try:
        CronSim(text, _SOME_DAY)
    except CronSimError:
        return False
    return True
