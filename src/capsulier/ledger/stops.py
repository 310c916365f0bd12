"""Asking executions to stop. What waits ends at once; what is at work is stopped by the conductor."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.core.launch import launch_name
from capsulier.core.reasons import Reason
from capsulier.core.states import State
from capsulier.ledger import statements
from capsulier.ledger.ends import Ended, end
from capsulier.ledger.job_facts import JobFacts
from capsulier.ledger.statements import as_json


class Stopping(NamedTuple):
    ended: list[int]
    """Were in the queue: killed already."""
    asked: list[int]
    """Pending or running: the conductor stops them."""


@transaction.atomic(savepoint=False)
def request_stop(
    execution_ids: Sequence[int], *, by: str, now_us: int, reason: Reason = Reason.STOPPED, force: bool = False
) -> Stopping:
    """Ask these to stop. Asking twice is the same as once; what has ended already is in neither list."""
    asked = statements.run(
        "ask_to_stop",
        [{"id": each} for each in sorted(execution_ids)],
        by=by,
        reason=reason.value,
        force=force,
        now_us=now_us,
    )
    waiting = [row.id for row in asked if row.state == State.QUEUED]
    at_work = [row.id for row in asked if row.state != State.QUEUED]
    if at_work:
        jobs = sorted({row.job_id for row in asked})
        statements.run("touch_jobs", [{"job_id": each} for each in jobs], now_us=now_us)
    facts = JobFacts()
    ended = end([Ended(each, reason, now_us) for each in waiting], facts, now_us, only=State.QUEUED)
    facts.write(now_us)
    return Stopping(sorted(ended), at_work)


def live_executions(job_id: int) -> list[int]:
    """The executions of a job that have not ended, locked until the end of the caller's transaction."""
    return [row.id for row in statements.run("live_of_job", job_id=job_id)]


def replaceable_executions(job_id: int) -> list[int]:
    """The same for who holds the job's lock already: without those that somebody else is moving at this moment."""
    return [row.id for row in statements.run("replaceable", job_id=job_id)]


def queued_executions(job_id: int) -> list[int]:
    """The executions of a job that wait in the queue, locked likewise: while they are, nobody places them."""
    return [row.id for row in statements.run("queue_of_job", job_id=job_id)]


class StopWish(NamedTuple):
    """An execution at work that somebody wants stopped."""

    execution_id: int
    engine: str
    name: str
    """Of its launch."""
    handle: dict[str, Any] | None
    force: bool


def stops_to_do(*, engine: str, node: str) -> list[StopWish]:
    """What is to be stopped on this engine of this machine."""
    rows = statements.run("stops_to_do", engine=engine, node=node)
    return [
        StopWish(row.id, engine, launch_name(row.id, row.placement), as_json(row.handle), bool(row.stop_force))
        for row in rows
    ]


def forced_elsewhere(*, engine: str, node: str) -> list[int]:
    """Executions on another machine that somebody wants killed. Only a conductor there could tell how they stand, and
    perhaps there is none any more."""
    return [row.id for row in statements.run("forced_elsewhere", engine=engine, node=node)]
