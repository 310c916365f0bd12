"""The small chart on every job: its last executions, height for duration, colour and shape for outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from capsulier.core.states import State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Execution

WIDTH, HEIGHT = 72, 20
_BAR, _STEP = 5, 6
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    execution_id: int
    state: str
    shape: str
    """The path of its outline."""
    title: str


@dataclass(frozen=True, slots=True)
class Bars:
    bars: Sequence[Bar]
    usual: str
    """The line that marks the usual duration; empty where there are too few to tell."""


def draw_bars(executions: Sequence[Execution], now_us: int) -> Bars:
    """The newest stands on the right."""
    lasted = [_lasted_us(each, now_us) for each in executions]
    longest = max((each for each in lasted if each), default=0) or 1
    first_x = WIDTH - _STEP * len(executions)
    bars = [
        Bar(each.pk, each.state, _shape(each.state, first_x + _STEP * place, _height(us, longest)), _title(each, us))
        for place, (each, us) in enumerate(zip(executions, lasted, strict=True))
    ]
    successes = [us for each, us in zip(executions, lasted, strict=True) if us and each.state == State.SUCCESS]
    usual = f"M{first_x} {HEIGHT - _height(median(successes), longest)}H{WIDTH}" if len(successes) > 2 else ""
    return Bars(bars, usual)


def _lasted_us(execution: Execution, now_us: int) -> int | None:
    if execution.started_us is None:
        return None
    return max(0, (execution.ended_us or now_us) - execution.started_us)


def _height(lasted_us: float | None, longest_us: int) -> float:
    return round(_LEAST + (HEIGHT - _LEAST) * (lasted_us or 0) / longest_us, 1)


def _shape(state: str, x: int, height: float) -> str:
    """A success is whole, a failure has a notch in its top, a kill is cut off slanting: told apart without colour."""
    top, right = round(HEIGHT - height, 1), x + _BAR
    notch = min(3.0, height)
    if state == State.FAILED:
        crown = f"V{top}l2.5 {notch}l2.5 -{notch}"
    elif state == State.KILLED:
        crown = f"V{top}L{right} {round(top + notch, 1)}"
    else:
        crown = f"V{top}H{right}"
    return f"M{x} {HEIGHT}{crown}V{HEIGHT}z"


def _title(execution: Execution, lasted_us: int | None) -> str:
    lasted = f", {duration_in_words(lasted_us / 1_000_000)}" if lasted_us is not None else ""
    return f"#{execution.number} {Status(execution.state).label}{lasted}"
