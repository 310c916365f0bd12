"""Taking executions out of the queue, in a fair order, within the limits."""

from collections.abc import Sequence
from typing import Any

from capsulier.core.disk import Disk
from capsulier.core.fair import Head, choose
from capsulier.ledger import moves, statements

_DEPTH = 64
"""How far one look reaches into one job's queue. The next look comes as soon as anything has ended."""

_PAST_THE_BLOCKED = 16
"""How far it reaches at least, however little room there is: past executions that must be alone and cannot be yet."""


def place_next(*, engine: str, node: str, now_us: int, most: int, disk: Disk | None = None) -> list[Any]:
    """Move up to `most` executions queued → pending; answer the facts that their launches are compiled from.

    Part of the caller's transaction. Between jobs the one with the fewest at work comes first, then the longest wait.
    Those of a platform for which `disk` has no room wait.
    """
    room = {
        row.platform_id: row.room
        for row in statements.run("work_per_platform")
        if row.room > 0 and (disk is None or disk.has_room(row.min_free_mb))
    }
    if most < 1 or not room:
        return []
    depth = min(most, _DEPTH, max(sum(room.values()), _PAST_THE_BLOCKED))
    platforms = [{"platform_id": each} for each in room]
    heads = [
        Head(row.id, row.job_id, row.platform_id, row.at_work, row.max_running, bool(row.alone))
        for row in statements.run("queue_heads", platforms, now_us=now_us, depth=depth)
    ]
    chosen = choose(heads, room, most)
    placed = moves.place(chosen, engine=engine, node=node, now_us=now_us) if chosen else []
    return launch_facts(placed)


def launch_facts(execution_ids: Sequence[int]) -> list[Any]:
    """All that launches are compiled from, for these executions."""
    return statements.run("placed", [{"id": each} for each in execution_ids]) if execution_ids else []


def hand_to(engines: Sequence[tuple[int, str, str]]) -> None:
    """Of executions that have just been placed, those that another engine gets: id, engine, node."""
    rows = [{"id": each, "engine": engine, "node": node} for each, engine, node in sorted(engines)]
    statements.run("set_engine", rows)


def next_in_queue_us(now_us: int) -> int | None:
    """When the first delayed execution may leave the queue."""
    at_us: int | None = statements.run("next_in_queue", now_us=now_us)[0].at_us
    return at_us


def at_work(*, engine: str, node: str) -> list[Any]:
    """What this engine has been handed and has not ended, as the ledger knows it: id, handle, state."""
    return statements.run("at_work", engine=engine, node=node)
