"""The small chart on every job: its last executions, height for duration, colour and shape for outcome."""

from collections.abc import Sequence
from statistics import median

from django.utils.safestring import SafeString, mark_safe

from capsulier.core.states import State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Execution

WIDTH, HEIGHT = 72, 20
_BAR, _STEP = 5, 6
_LEAST = 3


def draw_bars(executions: Sequence[Execution], now_us: int) -> SafeString:
    """An SVG with a link for each execution, the newest on the right. Drawn here rather than in a template, and nothing
    escaped: a board has a thousand bars, and all that is in them is numbers and words of ours."""
    if not executions:
        return mark_safe('<span class="bars"></span>')
    lasted = [_lasted_us(each, now_us) for each in executions]
    longest = max((us for us in lasted if us), default=0) or 1
    first_x = WIDTH - _STEP * len(executions)
    bars = "".join(
        f'<a href="/executions/{each.pk}" tabindex="-1"><title>{_title(each, us)}</title>'
        f'<path class="bar bar-{State(each.state)}" d="{_shape(each.state, x, _height(us, longest))}"/></a>'
        for each, us, x in zip(executions, lasted, range(first_x, WIDTH, _STEP), strict=True)
    )
    return mark_safe(  # noqa: S308 (see above)
        f'<svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="group" '
        f'aria-label="Last executions">{_usual(executions, lasted, first_x, longest)}{bars}</svg>'
    )


def _usual(executions: Sequence[Execution], lasted: Sequence[int | None], first_x: int, longest_us: int) -> str:
    """The line that marks the usual duration, where there are enough to tell."""
    successes = [us for each, us in zip(executions, lasted, strict=True) if us and each.state == State.SUCCESS]
    if len(successes) < 3:
        return ""
    y = HEIGHT - _height(median(successes), longest_us)
    return f'<path class="usual" d="M{first_x} {y}H{WIDTH}"/>'


def _lasted_us(execution: Execution, now_us: int) -> int | None:
    if execution.started_us is None:
        return None
    return max(0, (execution.ended_us or now_us) - execution.started_us)


def _height(lasted_us: float | None, longest_us: int) -> int:
    """In whole pixels: no eye sees parts of them, and bars that are written alike weigh little."""
    return round(_LEAST + (HEIGHT - _LEAST) * (lasted_us or 0) / longest_us)


def _shape(state: str, x: int, height: int) -> str:
    """A success is whole, a failure has a notch in its top, a kill is cut off slanting: told apart without colour."""
    top, right = HEIGHT - height, x + _BAR
    notch = min(3, height)
    if state == State.FAILED:
        crown = f"V{top}l2.5 {notch}l2.5 -{notch}"
    elif state == State.KILLED:
        crown = f"V{top}L{right} {top + notch}"
    else:
        crown = f"V{top}H{right}"
    return f"M{x} {HEIGHT}{crown}V{HEIGHT}z"


def _title(execution: Execution, lasted_us: int | None) -> str:
    lasted = f", {duration_in_words(lasted_us / 1_000_000)}" if lasted_us is not None else ""
    return f"#{execution.number} {Status(execution.state).label}{lasted}"
