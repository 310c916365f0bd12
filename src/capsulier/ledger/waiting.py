"""What queued executions wait behind."""

from collections.abc import Collection
from typing import Any

from capsulier.ledger import statements
from capsulier.ledger.lease import CONDUCTOR


def waiting(execution_ids: Collection[int], now_us: int) -> list[Any]:
    """The facts of those that are in the queue."""
    return statements.run("waiting", [{"id": each} for each in sorted(execution_ids)], now_us=now_us)


def first_in_queue(job_ids: Collection[int], now_us: int) -> list[int]:
    """The execution that leaves the queue next, of each of these jobs that has a queue."""
    rows = statements.run("first_in_queue", [{"job_id": each} for each in sorted(job_ids)], now_us=now_us)
    return [row.id for row in rows if row.id is not None]


def room_of_platforms() -> dict[int, int]:
    """How many more executions each platform may have at work."""
    return {row.platform_id: row.room for row in statements.run("work_per_platform")}


def led_until_us() -> int:
    """How long the lease of whoever leads holds."""
    rows = statements.run("led_until", name=CONDUCTOR)
    return rows[0].until_us if rows else 0
