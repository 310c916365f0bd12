"""The clerk hands every execution that was placed to the engine, whatever comes between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from capsulier.clock import now_us
from capsulier.conductor import clerk as clerks
from capsulier.conductor import leadership as leading
from capsulier.conductor.clerk import Clerk, Posted
from capsulier.conductor.database import Database
from capsulier.conductor.leadership import Leadership
from capsulier.core.reasons import Reason
from capsulier.engines.local.engine import LocalEngine
from capsulier.engines.protocol import Phase, Standing
from capsulier.ledger.lease import Deposed, release_lease, take_lease
from capsulier.ledger.queueing import queue
from capsulier.ledger.stops import request_stop
from capsulier.services.take_turn import Turn, take_turn
from capsulier.store.models import Execution, Job, Version
from tests.builders import make_job, make_platform, new_execution
from tests.databases import in_own_connection
from tests.engines.watched import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

LEASE_S = 60.0


class Clock:
    """Of the leases: it stands still but for what a test adds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(leading, "_time", clock := Clock())
    return clock


class Office:
    """A clerk at work with an engine of its own, in the lead."""

    def __init__(self, root: Path) -> None:
        self.database = Database()
        self.leadership = Leadership(self.database, LEASE_S)
        self.engine = LocalEngine(root)
        self.clerk = Clerk([Posted(self.engine, "here")], self.database, self.leadership)

    async def queue(self, job: Job) -> int:
        [queued] = await self.database(queue, [new_execution(job)], 1)
        self.clerk.wake()
        return queued.id

    async def state_of(self, execution_id: int) -> str:
        return (await self.database(Execution.objects.get, id=execution_id)).state

    async def has_become(self, execution_id: int, state: str) -> None:
        async def has() -> bool:
            return await self.state_of(execution_id) == state

        await until(has)


@asynccontextmanager
async def at_work(root: Path) -> AsyncIterator[Office]:
    office = Office(root)
    await office.leadership.gain()
    await office.clerk.recover()
    listening = asyncio.create_task(office.clerk.listen())
    working = asyncio.create_task(office.clerk.work())
    try:
        yield office
    finally:
        office.clerk.end()
        await working
        listening.cancel()
        await office.engine.close()
        await office.database.close()


@asynccontextmanager
async def renewing(leadership: Leadership) -> AsyncIterator[None]:
    keeping = asyncio.create_task(leadership.keep())
    try:
        yield
    finally:
        keeping.cancel()


@pytest.fixture
def job() -> Iterator[Job]:
    yield make_job()
    connection.close()


async def test_a_turn_that_outlasts_the_lease_submits_once_the_lease_is_renewed(
    job: Job, clock: Clock, tmp_path: Path
) -> None:
    """Nobody else led meanwhile, so nobody else would ever submit what the turn has placed."""
    async with at_work(tmp_path) as office:
        clock.now += LEASE_S + 1
        execution_id = await office.queue(job)
        await office.has_become(execution_id, "pending")
        assert not (tmp_path / str(execution_id // 1000)).exists()
        async with renewing(office.leadership):
            await office.has_become(execution_id, "success")


async def test_a_stop_that_comes_before_the_submit_is_asked_for_again_after_it(
    clock: Clock, tmp_path: Path, job: Job
) -> None:
    await sync_to_async(in_own_connection)(lambda: Version.objects.update(command="sleep 600"))
    async with at_work(tmp_path) as office:
        clock.now += LEASE_S + 1
        execution_id = await office.queue(job)
        await office.has_become(execution_id, "pending")
        await office.database(lambda: request_stop([execution_id], by="Ana", now_us=2, force=True))
        office.clerk.wake()
        await until(lambda: execution_id in office.clerk._asked)
        async with renewing(office.leadership):
            await office.has_become(execution_id, "killed")


async def test_a_leader_in_whose_absence_another_led_ends(tmp_path: Path) -> None:
    """Of what the other began it knows nothing."""
    await sync_to_async(in_own_connection)(make_platform)
    database = Database()
    leadership = Leadership(database, LEASE_S)
    await leadership.gain()
    await database(release_lease, leadership.holder)
    await database(lambda: take_lease("another", now_us=now_us(), ttl_us=1))
    await database(release_lease, "another")
    with pytest.raises(Deposed):
        await asyncio.wait_for(leadership.keep(), 5)
    await database.close()


async def test_what_a_turn_placed_whose_commit_was_never_answered_runs_once(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke between the database's commit and its answer."""

    def lose_one_answer(*args: Any, **kwargs: Any) -> Turn:
        turn = take_turn(*args, **kwargs)
        if turn.launches:
            monkeypatch.setattr(clerks, "take_turn", take_turn)
            raise OperationalError("the connection was closed")
        return turn

    monkeypatch.setattr(clerks, "take_turn", lose_one_answer)
    async with at_work(tmp_path) as office:
        execution_id = await office.queue(job)
        await office.has_become(execution_id, "success")
        assert (await office.database(Execution.objects.get, id=execution_id)).placement == 2


async def test_a_success_whose_beginning_was_not_written_down_is_one(job: Job, tmp_path: Path) -> None:
    """On a full disk, or where the program removed its own directory."""
    await sync_to_async(in_own_connection)(lambda: Version.objects.update(command="sleep 600"))
    async with at_work(tmp_path) as office:
        execution_id = await office.queue(job)
        await office.has_become(execution_id, "running")
        await office.database(lambda: Execution.objects.update(state="pending", started_us=None, handle=None))
        await office.database(lambda: Job.objects.update(pending=1, running=0))
        end = Standing(Phase.ENDED, ended_us=now_us(), exit_code=0, reason=Reason.EXIT)
        office.clerk._changed.put_nowait(({"name": f"{execution_id}-1"}, end))
        await office.has_become(execution_id, "success")
        await office.engine.stop({"name": f"{execution_id}-1"}, force=True)
