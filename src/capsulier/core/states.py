"""The states of an execution, the moves between them, and the status of a job that follows from them.

This table is the only one: the ledger's guards, the CHECK constraint, the buttons of the pages, the diagram in the
docs and the property test are all made from it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an execution is in its life. Three live states, three that it ends in for ever."""

    QUEUED = "queued"
    """Accepted; waits for its turn, its retry delay, or a limit. The dispatcher takes it from here."""
    PENDING = "pending"
    """Handed to an engine, which fetches the package, makes the environment, finds a place."""
    RUNNING = "running"
    """Its process exists."""
    SUCCESS = "success"
    """The program ended with exit code 0, and nobody had asked it to stop."""
    FAILED = "failed"
    """The program ended badly, could not be started, broke a limit, or was lost."""
    KILLED = "killed"
    """Stopped by a person, or replaced by a later execution of its job. Never retried."""


MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.PENDING, State.KILLED, State.FAILED}),
    State.PENDING: frozenset({State.RUNNING, State.QUEUED, State.FAILED, State.KILLED}),
    State.RUNNING: frozenset({State.SUCCESS, State.FAILED, State.KILLED}),
    State.SUCCESS: frozenset(),
    State.FAILED: frozenset(),
    State.KILLED: frozenset(),
}

LIVE = frozenset(state for state, after in MOVES.items() if after)
ENDED = frozenset(State) - LIVE
UNSUCCESSFUL = ENDED - {State.SUCCESS}


def may_become(before: State, after: State) -> bool:
    return after in MOVES[before]


def states_before(after: State) -> frozenset[State]:
    """The states from which an execution may become `after`: the guard of the ledger's update."""
    return frozenset(before for before, later in MOVES.items() if after in later)


class Status(StrEnum):
    """The status of a job as the Manager shows it and filters by it."""

    RUNNING = "running"
    PENDING = "pending"
    QUEUED = "queued"
    WAITING = "waiting"
    SUCCESS = "success"
    FAILED = "failed"
    KILLED = "killed"
    NEVER = "never"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.RUNNING: "Running",
    Status.PENDING: "Pending",
    Status.QUEUED: "Queued",
    Status.WAITING: "Waiting next schedule run",
    Status.SUCCESS: "Success",
    Status.FAILED: "Failed",
    Status.KILLED: "Killed",
    Status.NEVER: "Never launched",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts about a job that its status follows from; the ledger keeps them on the job's row."""

    queued: int = 0
    pending: int = 0
    running: int = 0
    last_outcome: State | None = None
    has_next_fire: bool = False


def job_status(standing: Standing) -> Status:
    """What a job is doing now; if nothing, what it waits for; if nothing, how it last ended."""
    if standing.running:
        return Status.RUNNING
    if standing.pending:
        return Status.PENDING
    if standing.queued:
        return Status.QUEUED
    if standing.has_next_fire:
        return Status.WAITING
    if standing.last_outcome:
        return Status(standing.last_outcome.value)
    return Status.NEVER
