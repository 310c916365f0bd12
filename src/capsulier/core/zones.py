"""Time zones, and what a wall-clock time means on the days when the clocks change.

Repeats and crons ask the same questions here, so that they cannot answer them differently.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from capsulier.core.errors import Invalid

_MACHINE_NAMES = frozenset({"localtime", "Factory"})
"""Listed beside the real zones on many machines, but they mean something else on each of them."""

_PROBE = timedelta(days=1)
"""No zone has changed its clocks twice within a day."""


@dataclass(frozen=True, slots=True)
class Due:
    """One fire: the instant, and the wall-clock time that it stands for (None where elapsed time is counted)."""

    at: datetime
    wall: datetime | None = None


def check_zone(name: str) -> str:
    """The name, if it is one of the IANA time zones, exactly as they are spelt."""
    if name in _zone_names():
        return name
    near = get_close_matches(name, _zone_names(), n=1) or [
        real for real in _zone_names() if real.casefold() == name.casefold()
    ]
    hint = f"Did you mean {near[0]}?" if near else "Names look like Europe/Paris, America/New_York or UTC."
    raise Invalid(f"“{name[:60]}” is not a time zone. {hint}", field="timezone")


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - _MACHINE_NAMES


def wall_at(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows at that instant. Naive; `fold` says whether it shows it for the second time."""
    return instant.astimezone(zone).replace(tzinfo=None)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks first show this time; where they skip it, the instant at which they skip."""
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_at(before, zone) == wall:
        return before
    # In a gap PEP 495 reads fold=0 with the offset before the change and fold=1 with the one after it: an instant on
    # each side, the wrong way round.
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return next_change(zone, after, before) or before


def exists_twice(wall: datetime, zone: ZoneInfo) -> bool:
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset() and wall_at(first.astimezone(UTC), zone) == wall


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def next_change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The first change of clocks in after < change <= until. Found by asking, as zoneinfo does not list its changes."""
    offset = offset_at(after, zone)
    begin = after.replace(microsecond=0)
    while begin < until:
        end = min(begin + _PROBE, until)
        if offset_at(end, zone) != offset:
            seconds = range(int((end - begin).total_seconds()) + 1)
            changed = bisect_left(seconds, True, key=lambda s: offset_at(begin + timedelta(seconds=s), zone) != offset)
            return begin + timedelta(seconds=changed)
        begin = end
    return None
