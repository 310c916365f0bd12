"""The timeline: a lane for each job or capsule, in it a bar for each execution; or, where too much runs, each job's
executions slot by slot."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from capsulier.clock import as_datetime
from capsulier.core.states import ENDED, State, Status
from capsulier.store.models import Job
from capsulier.store.reads.activity import Bar, Timeline
from capsulier.store.reads.busy_timeline import BusyJob, BusyTimeline, Stretch
from capsulier.web.activity.bars import draw_bars, draw_slot
from capsulier.web.activity.scale import Scale, Zoom

MOST_LANES = 60


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    url: str
    bars: SafeString
    words: str
    """What the lane says without a look at its bars: "12 executions, 2 failed"."""


@dataclass(frozen=True, slots=True)
class Drawing:
    lanes: Sequence[Lane]
    ticks: Sequence[tuple[float, datetime]]
    now_x: float | None
    left_out: int
    """Lanes that found no room."""
    is_cut: bool = False


def draw_timeline(
    timeline: Timeline, zoom: Zoom, until_us: int, now_us: int, capsule_labels: dict[str, str] | None = None
) -> Drawing:
    """A lane per job, or per capsule where their labels are given. Lanes with something live or failed come first."""
    scale = Scale(until_us - zoom.span_us, until_us)
    lanes: defaultdict[tuple[str, str], list[Bar]] = defaultdict(list)
    for bar in timeline.bars:
        if bar.ended_us is None or bar.ended_us >= scale.since_us:
            lanes[_lane_of(timeline.jobs[bar.job_id], capsule_labels)].append(bar)
    names = {job.pk: job.name for job in timeline.jobs.values()}
    shown = sorted(lanes.items(), key=_rank)
    return Drawing(
        lanes=[
            Lane(label, url, draw_bars(bars, names, scale, now_us), _words(Counter(bar.state for bar in bars)))
            for (label, url), bars in shown[:MOST_LANES]
        ],
        ticks=list(scale.ticks(zoom.tick)),
        now_x=scale.x(now_us) if now_us <= until_us else None,
        left_out=max(0, len(shown) - MOST_LANES),
        is_cut=timeline.is_cut,
    )


def draw_busy_timeline(busy: BusyTimeline, zoom: Zoom, stretch: Stretch, now_us: int, zone: ZoneInfo) -> Drawing:
    """A lane per job."""
    scale = Scale(stretch.until_us - zoom.span_us, stretch.until_us)
    return Drawing(
        lanes=[_busy_lane(each, stretch, scale, now_us, zone) for each in busy.jobs],
        ticks=list(scale.ticks(zoom.tick)),
        now_x=scale.x(now_us) if now_us <= stretch.until_us else None,
        left_out=busy.left_out,
    )


def _busy_lane(busy: BusyJob, stretch: Stretch, scale: Scale, now_us: int, zone: ZoneInfo) -> Lane:
    (label, url), names = _lane_of(busy.job, None), {busy.job.pk: busy.job.name}
    counts = sum(busy.slots.values(), Counter(bar.state for bar in busy.bars))
    slots = mark_safe("".join(_slots(busy, stretch, scale, zone)))  # noqa: S308  # escaped where it is drawn
    return Lane(label, url, slots + draw_bars(busy.bars, names, scale, now_us), _words(counts))


def _slots(busy: BusyJob, stretch: Stretch, scale: Scale, zone: ZoneInfo) -> Iterator[str]:
    """Each leads to its executions, the latest first."""
    for place, counts in sorted(busy.slots.items()):
        begin_us = stretch.since_us + place * stretch.slot_us
        end_us = min(begin_us + stretch.slot_us, stretch.until_us)
        begin, end = (as_datetime(at_us).astimezone(zone) for at_us in (begin_us, end_us))
        states = ", ".join(f"{counts[state]:,} {Status(state).label}" for state in State if counts[state])
        title = f"{busy.job.name}, queued from {begin:%H:%M} to {end:%H:%M}: {states}"
        yield draw_slot(
            f"/jobs/{busy.job.pk}/executions?since={begin:%Y-%m-%d}&until={begin:%Y-%m-%d}",
            title,
            counts,
            scale.x(begin_us),
            scale.x(end_us),
        )


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


def _words(counts: Counter[str]) -> str:
    total, failed = counts.total(), counts[State.FAILED]
    return f"{total:,} execution{'' if total == 1 else 's'}" + (f", {failed:,} failed" if failed else "")
