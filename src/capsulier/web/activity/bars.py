"""What stands in a lane of the timeline, as SVG. Drawn here rather than in a template: there are thousands of bars."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from capsulier.core.states import ENDED, State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.reads.activity import Bar
from capsulier.web.activity.scale import Scale

_SPOTS = 1000
"""So many places side by side can be told apart."""
_THINNEST = 0.05
"""A rectangle without width is not drawn at all."""


def draw_bars(bars: Sequence[Bar], names: Mapping[int, str], scale: Scale, now_us: int) -> SafeString:
    """A bar for each execution, the earliest first, though they come the latest first. Those on one spot that ended
    alike become one, so that a lane has no more bars than places. `names` are those of the jobs, by id."""
    spots: dict[tuple[int, int, str], list[Bar]] = {}
    for bar in reversed(bars):
        begin, end = _life(bar, now_us)
        spot = (round(scale.x(begin) * _SPOTS / 100), round(scale.x(end) * _SPOTS / 100), bar.state)
        spots.setdefault(spot, []).append(bar)
    return mark_safe(  # noqa: S308  # escaped below
        "".join(_bar(each[-1], names[each[-1].job_id], len(each), scale, now_us) for each in spots.values())
    )


def draw_slot(url: str, title: str, counts: Counter[str], x: float, end_x: float) -> str:
    """A slot of time, each state with its share of the width."""
    return _link(url, title, "".join(_shares(counts, x, end_x)))


def _bar(bar: Bar, name: str, count: int, scale: Scale, now_us: int) -> str:
    begin, end = _life(bar, now_us)
    x, waited_x = scale.x(begin), scale.x(bar.queued_us)
    waits = f'<rect class="waited" x="{waited_x}%" y="13" width="{x - waited_x:.2f}%" height="2"/>'
    shape = _shape(bar.state, x, max(_THINNEST, scale.x(end) - x))
    return _link(f"/executions/{bar.id}", _title(bar, name, count, now_us), (waits if x > waited_x else "") + shape)


def _shares(counts: Counter[str], x: float, end_x: float) -> Iterator[str]:
    width, total = end_x - x, counts.total()
    for state in State:
        if share := counts[state] / total:
            yield _shape(state, x, max(_THINNEST, width * share))
            x += width * share


def _shape(state: str, x: float, width: float) -> str:
    """What failed has a line below it, too: it is seen without colour."""
    at = f'x="{x:.2f}%" width="{width:.2f}%"'
    line = f'<rect class="bar bar-failed" {at} y="25" height="2"/>' if state == State.FAILED else ""
    return f'<rect class="bar bar-{State(state)}" {at} y="6" height="16" rx="2"/>{line}'


def _link(url: str, title: str, shapes: str) -> str:
    return f'<a href="{escape(url)}"><title>{escape(title)}</title>{shapes}</a>'


def _life(bar: Bar, now_us: int) -> tuple[int, int]:
    return bar.started_us or bar.queued_us, bar.ended_us or now_us


def _title(bar: Bar, name: str, count: int, now_us: int) -> str:
    begin, end = _life(bar, now_us)
    lasted = duration_in_words((end - begin) / 1_000_000)
    so_far = "" if State(bar.state) in ENDED else " so far"
    others = f", and {count - 1:,} more like it" if count > 1 else ""
    return f"{name} #{bar.number}: {Status(bar.state).label}, {lasted}{so_far}{others}"
