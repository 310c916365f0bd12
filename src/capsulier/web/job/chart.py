"""The chart of a job's last executions: height for duration, colour and mark for the outcome, a line for the usual."""

from collections.abc import Sequence
from dataclasses import dataclass

from capsulier.core.states import ENDED, State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Execution

WIDTH, HEIGHT = 500, 100
"""Of its drawing, which is stretched to the room there is."""
_LEAST = 2.0
_MARKS = 8
"""Under the bars: a failure's mark fills its width, a kill's half of it."""
_OUTLIER = 3.0
"""A bar more than so many times the usual is cut, so that one bad night does not flatten all others."""


@dataclass(frozen=True, slots=True)
class Bar:
    execution_id: int
    state: str
    title: str
    x: float
    y: float
    width: float
    height: float
    mark: float
    """How much of its width is marked underneath."""
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Chart:
    bars: Sequence[Bar]
    usual_y: float | None
    top_words: str
    """What the full height stands for."""
    base: int = HEIGHT - _MARKS
    height: int = HEIGHT
    width: int = WIDTH


def draw_chart(executions: Sequence[Execution], usual_s: float | None, now_us: int) -> Chart:
    """The newest stands on the right, and where there are few they do not spread."""
    lasted = [_lasted_s(each, now_us) for each in executions]
    top_s = max(lasted, default=0.0) or 1.0
    if usual_s and top_s > _OUTLIER * usual_s:
        top_s = max([s for s in lasted if s <= _OUTLIER * usual_s], default=usual_s) * 1.2
    base = HEIGHT - _MARKS
    step = WIDTH / max(len(executions), 25)
    first_x = WIDTH - step * len(executions)
    bars = []
    for place, (each, lasted_s) in enumerate(zip(executions, lasted, strict=True)):
        height = _LEAST + (base - _LEAST) * min(1.0, lasted_s / top_s)
        bars.append(
            Bar(
                execution_id=each.pk,
                state=each.state,
                title=_title(each, lasted_s),
                x=round(first_x + place * step + step * 0.1, 2),
                y=round(base - height, 2),
                width=round(step * 0.8, 2),
                height=round(height, 2),
                mark=round(step * {State.FAILED: 0.8, State.KILLED: 0.4}.get(State(each.state), 0.0), 2),
                is_cut=lasted_s > top_s,
            )
        )
    usual_y = round(base - _LEAST - (base - _LEAST) * usual_s / top_s, 2) if usual_s else None
    return Chart(bars, usual_y, duration_in_words(top_s))


def _lasted_s(execution: Execution, now_us: int) -> float:
    if execution.started_us is None:
        return 0.0
    return max(0, (execution.ended_us or now_us) - execution.started_us) / 1_000_000


def _title(execution: Execution, lasted_s: float) -> str:
    words = Status(execution.state).label
    if execution.started_us is None:
        return f"#{execution.number} {words}"
    so_far = "" if State(execution.state) in ENDED else " so far"
    return f"#{execution.number} {words}, {duration_in_words(lasted_s)}{so_far}"
