"""The small chart on every job: its last executions, height for duration, colour and shape for outcome."""

from collections.abc import Sequence
from statistics import median

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from capsulier.core.states import State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Execution

WIDTH, HEIGHT = 72, 20
_BAR, _STEP = 5, 6
_LEAST = 3.0


def draw_bars(executions: Sequence[Execution], now_us: int) -> SafeString:
    """An SVG with a link for each execution, the newest on the right. Drawn here rather than in a template: a board has
    hundreds of bars, and this takes a third of the time."""
    if not executions:
        return mark_safe('<span class="bars"></span>')
    lasted = [_lasted_us(each, now_us) for each in executions]
    longest = max((us for us in lasted if us), default=0) or 1
    first_x = WIDTH - _STEP * len(executions)
    bars = format_html_join(
        "",
        '<a href="/executions/{}" tabindex="-1"><title>{}</title><path class="bar bar-{}" d="{}"/></a>',
        (
            (each.pk, _title(each, us), each.state, _shape(each.state, first_x + _STEP * place, _height(us, longest)))
            for place, (each, us) in enumerate(zip(executions, lasted, strict=True))
        ),
    )
    return format_html(
        '<svg class="bars" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="group" aria-label="Last executions">'
        "{usual}{bars}</svg>",
        w=WIDTH,
        h=HEIGHT,
        usual=_usual(executions, lasted, first_x, longest),
        bars=bars,
    )


def _usual(executions: Sequence[Execution], lasted: Sequence[int | None], first_x: int, longest_us: int) -> SafeString:
    """The line that marks the usual duration, where there are enough to tell."""
    successes = [us for each, us in zip(executions, lasted, strict=True) if us and each.state == State.SUCCESS]
    if len(successes) < 3:
        return mark_safe("")
    y = round(HEIGHT - _height(median(successes), longest_us), 1)
    return format_html('<path class="usual" d="M{} {}H{}"/>', first_x, y, WIDTH)


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
