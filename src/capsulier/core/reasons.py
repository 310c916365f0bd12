"""Why an execution ended as it did. A reason is a fact beside the state, never a state of its own."""

from enum import StrEnum

from capsulier.core.states import State


class Reason(StrEnum):
    """Stored with an ended execution."""

    EXIT = "exit"
    """The program ended by itself; its exit code says how."""
    SIGNAL = "signal"
    """A signal that we did not send ended the program."""
    STOPPED = "stopped"
    """A person asked for the stop."""
    REPLACED = "replaced"
    """A later execution of the same job took its place (overlap: replace)."""
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    LOG_LIMIT = "log_limit"
    LOST = "lost"
    """The process is gone and nobody knows its exit code: the machine was restarted, or its wrapper was killed."""
    SETUP = "setup"
    """The package or the environment could not be prepared; nothing of the command ran."""
    ENGINE = "engine"
    """The engine could not start it."""


_STOPS = frozenset({Reason.STOPPED, Reason.REPLACED})


def outcome(reason: Reason, exit_code: int | None) -> State:
    """The state that an execution ends in. A stop asked for before the end makes it killed, even with exit code 0."""
    if reason in _STOPS:
        return State.KILLED
    if reason is Reason.EXIT and exit_code == 0:
        return State.SUCCESS
    return State.FAILED


def in_words(state: State, reason: Reason | None, exit_code: int | None, signal: int | None, detail: str = "") -> str:
    """A short clause for lists and headers: "exit 3", "signal 9", "stopped by Ana", "out of memory"."""
    if reason is None:
        return ""
    if reason is Reason.EXIT:
        return "" if state is State.SUCCESS else f"exit {exit_code}"
    if reason is Reason.SIGNAL:
        return f"signal {signal}"
    words = {
        Reason.STOPPED: f"stopped by {detail}" if detail else "stopped",
        Reason.REPLACED: "replaced by a later execution",
        Reason.TIMEOUT: "ran longer than its timeout",
        Reason.OUT_OF_MEMORY: "out of memory",
        Reason.LOG_LIMIT: "wrote more than its log limit",
        Reason.LOST: "lost" + (f": {detail}" if detail else ""),
        Reason.SETUP: "setup failed" + (f": {detail}" if detail else ""),
        Reason.ENGINE: "could not be started" + (f": {detail}" if detail else ""),
    }
    return words[reason]
