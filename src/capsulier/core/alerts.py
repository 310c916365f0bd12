"""What somebody may want to hear of: the types of alert, and under which of them a happening is told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from capsulier.core.states import State
from capsulier.core.wording import duration_in_words


class AlertKind(StrEnum):
    """The types of alert that a job may ask for."""

    SUCCESS = "success"
    FAILURE = "failure"
    KILL = "kill"
    RETRY = "retry"
    """It failed and will run again by itself."""
    END = "end"
    """Every end, whatever the outcome."""
    CHANGE = "change"
    """An end that differs from the one before."""
    RECOVERY = "recovery"
    """Back to normal: the first success after a failure."""
    MISSED = "missed"
    """It was due and did not start."""

    @property
    def label(self) -> str:
        return _LABELS[self]


class AlertLimit(StrEnum):
    """Those that a job asks for with a number."""

    REPEATED = "repeated"
    """The Nth failure in a row: `alert_failures`."""
    LATE = "late"
    """It began later after its instant than it may, or has not begun by then: `alert_late_s`."""
    WAITING = "waiting"
    """It stands in the queue for longer than it should: `alert_waiting_s`."""
    LONG = "long"
    """It runs for longer than it should: `warn_after_s`."""


TEST = "test"
"""The kind of an alert that somebody sent to see whether it arrives."""

_LABELS = {
    AlertKind.SUCCESS: "Success",
    AlertKind.FAILURE: "Failure",
    AlertKind.KILL: "Kill",
    AlertKind.RETRY: "Retry",
    AlertKind.END: "Every end",
    AlertKind.CHANGE: "Another outcome than before",
    AlertKind.RECOVERY: "Back to normal",
    AlertKind.MISSED: "Did not start",
}

_OF_OUTCOME = {
    State.SUCCESS: AlertKind.SUCCESS,
    State.FAILED: AlertKind.FAILURE,
    State.KILLED: AlertKind.KILL,
}


@dataclass(frozen=True, slots=True)
class End:
    """The end of an execution, as far as alerts go by it."""

    outcome: State
    before: Sequence[State] = ()
    """How the executions before it ended, the last one first; as many as `alert_failures` asks for, and one."""
    is_retried: bool = False


def kind_of_end(wanted: Collection[str], end: End, failures: int | None = None) -> AlertKind | AlertLimit | None:
    """The type under which this end is told, the one that says most; None where nobody asked for any.

    `failures` is how many in a row are an alert of their own. One event is told once, whatever it is told for.
    """
    asked = {AlertKind(each) for each in wanted}
    if failures is not None and failures_in_row(end) == failures:
        return AlertLimit.REPEATED
    if AlertKind.RECOVERY in asked and is_recovery(end):
        return AlertKind.RECOVERY
    if AlertKind.RETRY in asked and end.outcome is State.FAILED and end.is_retried:
        return AlertKind.RETRY
    if _OF_OUTCOME[end.outcome] in asked or AlertKind.END in asked:
        return _OF_OUTCOME[end.outcome]
    if AlertKind.CHANGE in asked and end.before and end.before[0] is not end.outcome:
        return AlertKind.CHANGE
    return None


def failures_in_row(end: End) -> int:
    """This one among them. A kill is nobody's failure and interrupts no row."""
    if end.outcome is not State.FAILED:
        return 0
    return 1 + sum(1 for _ in takewhile(lambda state: state is State.FAILED, _unkilled(end.before)))


def is_recovery(end: End) -> bool:
    return end.outcome is State.SUCCESS and next(iter(_unkilled(end.before)), None) is State.FAILED


def wishes_in_words(kinds: Collection[str], *, failures: int | None, late_s: int | None, waiting_s: int | None) -> str:
    """ "Failure, back to normal, 3 failures in a row, a start 10 min late"; empty where nothing is asked for."""
    words = [kind.label for kind in AlertKind if kind in kinds]
    if failures:
        words.append(f"{failures} failures in a row" if failures > 1 else "A failure")
    if late_s:
        words.append(f"A start {duration_in_words(late_s)} late")
    if waiting_s:
        words.append(f"{duration_in_words(waiting_s)} in the queue")
    return ", ".join(words).capitalize()


def each_once(addresses: Iterable[str]) -> list[str]:
    """Nobody hears of one event twice, however often and in whatever case the address was given."""
    once: dict[str, str] = {}
    for address in addresses:
        once.setdefault(address.casefold(), address)
    return list(once.values())


def _unkilled(states: Iterable[State]) -> list[State]:
    return [state for state in states if state is not State.KILLED]
