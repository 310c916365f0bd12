"""What the conductor learns of executions, recorded in batches: begun, given back, ended."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.core.reasons import Reason
from capsulier.core.states import State
from capsulier.ledger import statements
from capsulier.ledger.ends import Ended, end, storable
from capsulier.ledger.job_facts import JobFacts


class Begun(NamedTuple):
    """Its process exists."""

    execution_id: int
    placement: int
    started_us: int
    handle: dict[str, Any]


class GivenBack(NamedTuple):
    """Its engine lost it before anything ran; it waits in the queue again, unless it was asked to stop meanwhile."""

    execution_id: int
    placement: int


class Waits(NamedTuple):
    """Its engine has not begun it, and says why."""

    execution_id: int
    placement: int
    words: str


Move = Begun | GivenBack | Waits | Ended


@transaction.atomic(savepoint=False)
def record(moves: Sequence[Move], now_us: int) -> set[int]:
    """Record these; answer the ids of the executions that moved. A move whose execution is elsewhere by now, or in a
    later placement, is left out."""
    if len(moves) > 1:
        statements.run("lock_moved", [{"id": each} for each in sorted({move.execution_id for move in moves})])
    facts = JobFacts()
    ends = [move for move in moves if isinstance(move, Ended)]
    # A short execution begins and ends in one batch: its end brings its beginning.
    over = {(move.execution_id, move.placement) for move in ends if move.started_us is not None}
    begun = _begin(
        [move for move in moves if isinstance(move, Begun) and (move.execution_id, move.placement) not in over], facts
    )
    waiting = _note_waits([move for move in moves if isinstance(move, Waits)], now_us)
    given_back, stopped = _give_back([move for move in moves if isinstance(move, GivenBack)], facts)
    ends += [Ended(each, Reason.STOPPED, now_us) for each in stopped]
    ended = end(ends, facts, now_us)
    facts.write(now_us)
    return begun | waiting | given_back | ended


@transaction.atomic(savepoint=False)
def place(execution_ids: Sequence[int], *, engine: str, node: str, now_us: int) -> list[int]:
    """Queued → pending: the intention to submit, stored before the engine is asked. Answers those that moved."""
    rows = [{"id": each} for each in sorted(execution_ids)]
    placed = statements.run("set_pending", rows, engine=engine, node=node, now_us=now_us)
    _count(placed, State.QUEUED, State.PENDING, facts := JobFacts())
    facts.write(now_us)
    return sorted(row.id for row in placed)


def _begin(moves: Sequence[Begun], facts: JobFacts) -> set[int]:
    rows = [
        {"id": each.execution_id, "placement": each.placement, "started_us": each.started_us, "handle": each.handle}
        for each in moves
    ]
    return _count(statements.run("set_running", rows) if rows else [], State.PENDING, State.RUNNING, facts)


def _note_waits(moves: Sequence[Waits], now_us: int) -> set[int]:
    """The latest words of each."""
    if not moves:
        return set()
    latest = {move.execution_id: move for move in moves}
    rows = [
        {"id": each.execution_id, "placement": each.placement, "words": storable(each.words)}
        for each in latest.values()
    ]
    noted = statements.run("set_waiting", rows)
    jobs = sorted({row.job_id for row in noted})
    if jobs:
        statements.run("touch_jobs", [{"job_id": each} for each in jobs], now_us=now_us)
    return {row.id for row in noted}


def _give_back(moves: Sequence[GivenBack], facts: JobFacts) -> tuple[set[int], list[int]]:
    """Answer those that moved, and which of them nobody wants any more: they would never be placed again."""
    rows = [{"id": each.execution_id, "placement": each.placement} for each in moves]
    moved = statements.run("set_queued", rows) if rows else []
    return _count(moved, State.PENDING, State.QUEUED, facts), [row.id for row in moved if row.stop_us is not None]


def _count(moved: Sequence[Any], before: State, after: State, facts: JobFacts) -> set[int]:
    for row in moved:
        facts.moved(row.job_id, before, after)
    return {row.id for row in moved}
