"""An execution as the pages say it: why it ended, who started it, how long it lasted, why it waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from capsulier.core import reasons
from capsulier.core.reasons import Reason
from capsulier.core.states import LIVE, State
from capsulier.core.wording import until
from capsulier.store.models import Execution

TRIGGERS = {"manual": "By hand", "api": "API", "schedule": "Schedule", "retry": "Retry"}


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
    """Why a queued one has not begun, where it can be told."""
    is_stopping: bool


@dataclass(frozen=True, slots=True)
class Room:
    """What is pending or running, and how much may be: why a queued execution waits."""

    of_job: int
    of_platform: int
    most_of_job: int | None
    most_of_platform: int


def show_execution(execution: Execution, now_us: int, room: Room | None = None) -> ShownExecution:
    is_live = State(execution.state) in LIVE
    return ShownExecution(
        execution=execution,
        reason=reason_words(execution),
        trigger=trigger_words(execution),
        lasted_us=lasted_us(execution),
        is_live=is_live,
        waits=waiting_words(execution, now_us, room) if execution.state == State.QUEUED else "",
        is_stopping=is_live and execution.stop_us is not None,
    )


def show_executions(executions: Iterable[Execution], now_us: int, room: Room | None = None) -> list[ShownExecution]:
    return [show_execution(each, now_us, room) for each in executions]


def reason_words(execution: Execution) -> str:
    """ "exit 3", "stopped by Ana"; empty while it lives and after a plain success."""
    reason = Reason(execution.reason) if execution.reason else None
    state = State(execution.state)
    return reasons.in_words(state, reason, execution.exit_code, execution.signal, execution.detail)


def trigger_words(execution: Execution) -> str:
    """Who or what started it. `triggered_by` and, for a retry, `retry_of` are best read along."""
    if execution.trigger == "retry" and execution.retry_of:
        return f"Retry of #{execution.retry_of.number}"
    words = TRIGGERS.get(execution.trigger, execution.trigger.capitalize())
    return f"{words}, {execution.triggered_by}" if execution.triggered_by else words


def lasted_us(execution: Execution) -> int | None:
    return execution.ended_us - execution.started_us if execution.ended_us and execution.started_us else None


def waiting_words(execution: Execution, now_us: int, room: Room | None) -> str:
    if execution.not_before_us > now_us:
        return f"starts {until((execution.not_before_us - now_us) / 1_000_000)}"
    if room is None:
        return ""
    if execution.alone and room.of_job:
        return "waits for the execution before to end"
    if room.most_of_job is not None and room.of_job >= room.most_of_job:
        return f"waits: {room.of_job} of {room.most_of_job} executions of this job at once"
    if room.of_platform >= room.most_of_platform:
        return f"waits: {room.of_platform} of {room.most_of_platform} executions at once in this platform"
    return "about to start"
