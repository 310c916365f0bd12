"""How far one sees on the timeline, and where an instant stands on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capsulier.clock import as_datetime

_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Zoom:
    key: str
    label: str
    span: timedelta
    tick: timedelta
    slot: timedelta
    """Where too much runs, what was queued within such a one is told of together."""

    @property
    def span_us(self) -> int:
        return self.span // _US

    @property
    def slot_us(self) -> int:
        return self.slot // _US


ZOOMS = {
    zoom.key: zoom
    for zoom in (
        Zoom("1h", "1 h", timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=2)),
        Zoom("6h", "6 h", timedelta(hours=6), timedelta(hours=1), timedelta(minutes=15)),
        Zoom("24h", "24 h", timedelta(hours=24), timedelta(hours=3), timedelta(hours=1)),
        Zoom("7d", "7 d", timedelta(days=7), timedelta(days=1), timedelta(hours=6)),
    )
}


@dataclass(frozen=True, slots=True)
class Scale:
    since_us: int
    until_us: int

    def x(self, at_us: int) -> float:
        """Percent of the width."""
        part = (at_us - self.since_us) / (self.until_us - self.since_us)
        return round(100 * min(1.0, max(0.0, part)), 2)

    def ticks(self, step: timedelta) -> Iterator[tuple[float, datetime]]:
        since, until = as_datetime(self.since_us), as_datetime(self.until_us)
        midnight = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + ((since - midnight) // step + 1) * step
        while at < until:
            yield self.x(round(at.timestamp() * 1_000_000)), at
            at += step
