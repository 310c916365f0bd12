"""The timeline: a lane for each job or capsule, a bar for each execution, drawn as SVG."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capsulier.clock import as_datetime
from capsulier.core.states import ENDED, State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Job
from capsulier.store.reads.activity import Bar, Timeline

MOST_LANES = 60
_SPOTS = 1000
"""So many places side by side can be told apart."""
_THINNEST = 0.05
"""A rectangle without width is not drawn at all."""
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Zoom:
    key: str
    label: str
    span: timedelta
    tick: timedelta


ZOOMS = {
    zoom.key: zoom
    for zoom in (
        Zoom("1h", "1 h", timedelta(hours=1), timedelta(minutes=10)),
        Zoom("6h", "6 h", timedelta(hours=6), timedelta(hours=1)),
        Zoom("24h", "24 h", timedelta(hours=24), timedelta(hours=3)),
        Zoom("7d", "7 d", timedelta(days=7), timedelta(days=1)),
    )
}


@dataclass(frozen=True, slots=True)
class ShownBar:
    """One execution, or several that would lie on the same spot and ended alike."""

    url: str
    state: str
    title: str
    x: float
    """Percent of the width, as all that follow."""
    width: float
    waited_x: float
    """From where it waited in the queue, where that is to be seen."""
    waited_width: float


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    url: str
    bars: Sequence[ShownBar]
    words: str
    """What the lane says without a look at its bars: "12 executions, 2 failed"."""


@dataclass(frozen=True, slots=True)
class Drawing:
    lanes: Sequence[Lane]
    ticks: Sequence[tuple[float, datetime]]
    now_x: float | None
    left_out: int
    """Lanes that found no room."""
    is_cut: bool


def draw_timeline(
    timeline: Timeline, zoom: Zoom, until_us: int, now_us: int, capsule_labels: dict[str, str] | None = None
) -> Drawing:
    """A lane per job, or per capsule where their labels are given. Lanes with something live or failed come first."""
    scale = _Scale(until_us - _us(zoom.span), until_us)
    lanes: defaultdict[tuple[str, str], list[Bar]] = defaultdict(list)
    for bar in timeline.bars:
        if bar.ended_us is None or bar.ended_us >= scale.since_us:
            lanes[_lane_of(timeline.jobs[bar.job_id], capsule_labels)].append(bar)
    shown = sorted(lanes.items(), key=_rank)
    return Drawing(
        lanes=[_lane(key, bars, timeline.jobs, scale, now_us) for key, bars in shown[:MOST_LANES]],
        ticks=list(_ticks(scale, zoom)),
        now_x=scale.x(now_us) if now_us <= until_us else None,
        left_out=max(0, len(shown) - MOST_LANES),
        is_cut=timeline.is_cut,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    since_us: int
    until_us: int

    def x(self, at_us: int) -> float:
        part = (at_us - self.since_us) / (self.until_us - self.since_us)
        return round(100 * min(1.0, max(0.0, part)), 2)


def _lane_of(job: Job, capsule_labels: dict[str, str] | None) -> tuple[str, str]:
    """Label and address."""
    if capsule_labels is None:
        return job.name, f"/jobs/{job.pk}"
    return capsule_labels.get(job.capsule, job.capsule), f"/?capsule={job.capsule}&view=table"


def _rank(lane: tuple[tuple[str, str], list[Bar]]) -> tuple[bool, bool, str]:
    (label, _), bars = lane
    is_live = any(State(bar.state) not in ENDED for bar in bars)
    has_failed = any(bar.state == State.FAILED for bar in bars)
    return not is_live, not has_failed, label.casefold()


def _lane(key: tuple[str, str], bars: list[Bar], jobs: dict[int, Job], scale: _Scale, now_us: int) -> Lane:
    label, url = key
    failed = sum(bar.state == State.FAILED for bar in bars)
    words = f"{len(bars):,} execution{'' if len(bars) == 1 else 's'}" + (f", {failed:,} failed" if failed else "")
    return Lane(label, url, list(_bars(bars, jobs, scale, now_us)), words)


def _bars(bars: list[Bar], jobs: dict[int, Job], scale: _Scale, now_us: int) -> Iterator[ShownBar]:
    """Earliest first; those on one spot that ended alike become one, so that a lane has no more bars than places."""
    spots: dict[tuple[int, int, str], list[Bar]] = {}
    for bar in reversed(bars):
        begin, end = _life(bar, now_us)
        spot = (round(scale.x(begin) * _SPOTS / 100), round(scale.x(end) * _SPOTS / 100), bar.state)
        spots.setdefault(spot, []).append(bar)
    for together in spots.values():
        bar = together[-1]
        begin, end = _life(bar, now_us)
        x = scale.x(begin)
        waited_x = scale.x(bar.queued_us)
        yield ShownBar(
            url=f"/executions/{bar.id}",
            state=bar.state,
            title=_title(bar, jobs[bar.job_id], len(together), now_us),
            x=x,
            width=max(_THINNEST, round(scale.x(end) - x, 2)),
            waited_x=waited_x,
            waited_width=round(x - waited_x, 2),
        )


def _life(bar: Bar, now_us: int) -> tuple[int, int]:
    return bar.started_us or bar.queued_us, bar.ended_us or now_us


def _title(bar: Bar, job: Job, count: int, now_us: int) -> str:
    begin, end = _life(bar, now_us)
    lasted = duration_in_words((end - begin) / _SECOND_US)
    so_far = "" if State(bar.state) in ENDED else " so far"
    others = f", and {count - 1:,} more like it" if count > 1 else ""
    return f"{job.name} #{bar.number}: {Status(bar.state).label}, {lasted}{so_far}{others}"


def _ticks(scale: _Scale, zoom: Zoom) -> Iterator[tuple[float, datetime]]:
    since, until = as_datetime(scale.since_us), as_datetime(scale.until_us)
    midnight = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + ((since - midnight) // zoom.tick + 1) * zoom.tick
    while at < until:
        yield scale.x(round(at.timestamp() * _SECOND_US)), at
        at += zoom.tick


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
