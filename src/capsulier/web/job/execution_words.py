"""An execution as the pages say it: why it ended, who started it, how long it lasted, why it waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from capsulier.core import overrun, reasons
from capsulier.core.reasons import Reason
from capsulier.core.states import LIVE, State
from capsulier.core.waiting import Waits
from capsulier.services.trigger_words import trigger_words
from capsulier.store.models import Execution


@dataclass(frozen=True, slots=True)
class ShownExecution:
    """Ready to be drawn."""

    execution: Execution
    reason: str
    trigger: str
    lasted_us: int | None
    """Of an ended one that had begun."""
    is_live: bool
    waits: str
    """Why one has not begun, where it was asked."""
    is_stopping: bool
    overrun: str
    """Of one that runs longer than its job's limit for that."""


def show_execution(execution: Execution, waits: Mapping[int, Waits] = MappingProxyType({})) -> ShownExecution:
    """`waits` are the answers of `services.waiting`."""
    is_live = State(execution.state) in LIVE
    return ShownExecution(
        execution=execution,
        reason=reason_words(execution),
        trigger=trigger_words(execution),
        lasted_us=lasted_us(execution),
        is_live=is_live,
        waits=waits[execution.pk].words if execution.pk in waits else "",
        is_stopping=is_live and execution.stop_us is not None,
        overrun=overrun_words(execution),
    )


def show_executions(
    executions: Iterable[Execution], waits: Mapping[int, Waits] = MappingProxyType({})
) -> list[ShownExecution]:
    return [show_execution(each, waits) for each in executions]


def reason_words(execution: Execution) -> str:
    """ "exit 3", "stopped by Ana"; empty while it lives and after a plain success."""
    reason = Reason(execution.reason) if execution.reason else None
    state = State(execution.state)
    return reasons.in_words(state, reason, execution.exit_code, execution.signal, execution.detail)


def lasted_us(execution: Execution) -> int | None:
    return execution.ended_us - execution.started_us if execution.ended_us and execution.started_us else None


def overrun_words(execution: Execution) -> str:
    """A clock beside it counts on."""
    if execution.state != State.RUNNING or execution.warned_us is None:
        return ""
    return overrun.in_words(execution.job.warn_after_s)
