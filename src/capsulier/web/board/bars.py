"""The small chart on every job: its last executions, height for duration, colour and shape for outcome."""

from collections.abc import Sequence
from statistics import median

from django.utils.safestring import SafeString, mark_safe

from capsulier.core.states import State, Status
from capsulier.core.wording import duration_in_words
from capsulier.store.reads.latest import Recent

_LOWEST, _TALLEST = 3, 20
"""In pixels; `board.css` has a class for each height between them."""
_LABELS = {status.value: status.label for status in Status}


def draw_bars(executions: Sequence[Recent], now_us: int) -> SafeString:
    """A link for each execution, the newest on the right. Drawn here rather than in a template, one element a bar, and
    nothing escaped: a board has a thousand of them, and all that is in them is numbers and words of ours."""
    if not executions:
        return mark_safe('<span class="bars"></span>')
    lasted = [_lasted_us(each, now_us) for each in executions]
    longest = max((us for us in lasted if us), default=0) or 1
    bars = "".join(
        f'<a class="bar bar-{each.state} tall-{_height(us, longest)}" href="/executions/{each.id}" tabindex="-1" '
        f'title="#{each.number} {_LABELS[each.state]}{_in_words(us)}"></a>'
        for each, us in zip(executions, lasted, strict=True)
    )
    usual = _usual(executions, lasted, longest)
    return mark_safe(f'<span class="bars" role="group" aria-label="Last executions">{usual}{bars}</span>')  # noqa: S308


def _usual(executions: Sequence[Recent], lasted: Sequence[int | None], longest_us: int) -> str:
    """The line that marks the usual duration, where there are enough to tell."""
    successes = [us for each, us in zip(executions, lasted, strict=True) if us and each.state == State.SUCCESS]
    return f'<i class="usual tall-{_height(median(successes), longest_us)}"></i>' if len(successes) >= 3 else ""


def _lasted_us(execution: Recent, now_us: int) -> int | None:
    if execution.started_us is None:
        return None
    return max(0, (execution.ended_us or now_us) - execution.started_us)


def _height(lasted_us: float | None, longest_us: int) -> int:
    """In whole pixels: no eye sees parts of them, and bars that are written alike weigh little."""
    return round(_LOWEST + (_TALLEST - _LOWEST) * (lasted_us or 0) / longest_us)


def _in_words(lasted_us: int | None) -> str:
    return f", {duration_in_words(lasted_us / 1_000_000)}" if lasted_us is not None else ""
