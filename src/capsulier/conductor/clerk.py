"""The clerk: turn after turn, what engines tell is recorded, what may start is submitted, what must stop is stopped.

While one turn is in the database, what happens meanwhile gathers for the next: batches grow with the load.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from capsulier.clock import now_us
from capsulier.conductor.database import Database
from capsulier.conductor.figures import LAST_TURN, START_LATENCY
from capsulier.conductor.leadership import Leadership
from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason, in_words, outcome
from capsulier.engines.protocol import Engine, Handle, Phase, Standing
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, GivenBack, Move, Waits
from capsulier.ledger.stops import StopWish
from capsulier.services.recover_executions import executions_at_work
from capsulier.services.take_turn import Post, Turn, take_turn

_log = logging.getLogger(__name__)
_MOST = 64
"""Placed in one turn at most: the last of them waits for the submits of the others."""
_BEGUN_WAITS_S = 0.015
_END_WAITS_S = 0.003
_WAITS_WAIT_S = 0.2
_LOOK_ANYWAY_S = 5.0
"""The safety net under the wake-ups."""
_LEASE_PAUSE_S = 0.1


class Posted(NamedTuple):
    """An engine, and whose executions it can judge: those placed from this machine, or those of a cluster."""

    engine: Engine
    node: str


class Clerk:
    def __init__(self, posted: Sequence[Posted], database: Database, leadership: Leadership) -> None:
        """The first engine gets what no setting gives to another."""
        self._engines = {each.engine.name: each.engine for each in posted}
        self._first = posted[0].engine.name
        self._posts = [Post(each.engine.name, each.node) for each in posted]
        self._engine_of: dict[int, str] = {}
        """Of what has been placed and not submitted, where it is not the first."""
        self._database, self._leadership = database, leadership
        self._changed: asyncio.Queue[tuple[Handle, Standing]] = asyncio.Queue()
        self._told: list[Move] = []
        self._ends_told = 0
        self._running: set[int] = set()
        """What the engine has told of; an earlier leader's may be missing."""
        self._ending = False
        self._look = True
        self._next_in_queue_us: int | None = None
        self._wanted = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self._asked: dict[int, bool] = {}
        self._submits: set[asyncio.Task[None]] = set()
        self._ready_us: dict[int, int] = {}
        """Of what we have placed and not seen begin: since when it could leave the queue."""

    def wake(self) -> None:
        self._look = True
        self._wanted.set()

    def end(self) -> None:
        """Let `work` return once nothing is half done: what has been placed is submitted, what was told recorded."""
        self._ending = True
        self._wanted.set()

    async def listen(self) -> None:
        """Take in what the engine tells, for ever."""
        while True:
            self._tell(*await self._changed.get())

    async def recover(self) -> None:
        """Start the engines, and find again what earlier leaders have handed to them."""
        for engine in self._engines.values():
            await engine.start(self._changed)
        await self._find_again()

    async def _find_again(self) -> None:
        """Ask each engine about all that it has been handed. What never came to it goes back into the queue."""
        for post in self._posts:
            await self._find_again_at(post)

    async def _find_again_at(self, post: Post) -> None:
        at_work = await self._database(executions_at_work, engine=post.engine, node=post.node)
        standings = await self._engines[post.engine].recover([(each.launch, each.handle) for each in at_work])
        for each in at_work:
            standing = standings.get(each.launch.name)
            if standing is None:
                continue  # nobody here can judge it: it was claimed on another machine
            if standing.phase is not Phase.RUNNING or each.handle is None:
                self._tell(each.handle or {"name": each.launch.name}, standing)
        if at_work:
            _log.info("Found %d executions again.", len(at_work))

    async def work(self) -> None:
        """Take turns until `end`. Raises Deposed when we lead no more."""
        while not self._ending:
            turn = await self._turn(_MOST)
            if not self._wanted.is_set() and len(turn.launches) < _MOST:
                await self._wait()
        await self._end_submits()
        await self._turn(0)

    async def _turn(self, most: int) -> Turn:
        self._wanted.clear()
        if self._later is not None:
            self._later.cancel()
            self._later = None
        told, self._told, self._ends_told = self._told, [], 0
        failures = self._database.failures
        look, self._look = self._look or any(map(_may_be_retried, told)), False
        turn = await self._database(take_turn, self._leadership.epoch, told, posts=self._posts, most=most, look=look)
        LAST_TURN.set_to_current_time()
        self._ready_us |= turn.ready_us
        if turn.failures:
            self._told += turn.failures
            self._wanted.set()
        self._engine_of |= turn.engines
        self._submit(turn.launches)
        if self._database.failures != failures:
            # A turn whose commit was not answered may have been taken all the same; what it placed we never saw.
            await self._end_submits()
            await self._find_again()
        if turn.seen is not None:
            self._next_in_queue_us = turn.seen.next_in_queue_us
            await self._stop(turn.seen.stops)
        return turn

    async def _wait(self) -> None:
        """Until something was told, somebody wakes us, a delayed execution may start, or long enough."""
        until_s = _LOOK_ANYWAY_S
        if self._next_in_queue_us is not None:
            until_s = min(until_s, max(0.0, (self._next_in_queue_us - now_us()) / 1_000_000))
        try:
            async with asyncio.timeout(until_s):
                await self._wanted.wait()
        except TimeoutError:
            self._look = True

    def _submit(self, launches: Iterable[Launch]) -> None:
        for launch in launches:
            task = asyncio.create_task(self._submit_one(launch))
            self._submits.add(task)
            task.add_done_callback(self._submits.discard)

    async def _end_submits(self) -> None:
        if self._submits:
            await asyncio.wait(self._submits)

    async def _submit_one(self, launch: Launch) -> None:
        while not self._leadership.is_certain():
            # A turn may outlast the lease (a slow disk, a machine that slept), and still nobody else has taken it.
            if self._ending:
                return  # The next leader finds it pending; if its engine knows nothing of it, it is placed again.
            await asyncio.sleep(_LEASE_PAUSE_S)
        try:
            await self._engines[self._engine_of.pop(launch.execution_id, self._first)].submit(launch)
        except Exception:
            subject = {"execution_id": launch.execution_id}
            _log.exception("The engine refused execution %d.", launch.execution_id, extra=subject)
            self._ready_us.pop(launch.execution_id, None)
            detail = "the engine refused it; Capsulier's log says more"
            self._told.append(Ended(launch.execution_id, Reason.ENGINE, now_us(), launch.placement, detail=detail))
            self._wanted.set()
        if self._asked.pop(launch.execution_id, None) is not None:
            self.wake()  # a stop was asked for before there was anything to stop

    async def _stop(self, wished: Sequence[StopWish]) -> None:
        """Ask the engine once for each wish: a plain stop, then perhaps one with force."""
        asked, self._asked = self._asked, {wish.execution_id: wish.force for wish in wished}
        for wish in wished:
            if asked.get(wish.execution_id) != wish.force:
                await self._engines[wish.engine].stop(wish.handle or {"name": wish.name}, force=wish.force)

    def _tell(self, handle: Handle, standing: Standing) -> None:
        execution_id, placement = map(int, handle["name"].split("-"))
        started_us = standing.started_us
        if started_us is None and standing.phase is Phase.ENDED and standing.reason is Reason.EXIT:
            started_us = standing.ended_us or now_us()  # its record was lost (a full disk), but nothing exits unbegun
        if standing.phase is Phase.WAITING:
            self._told.append(Waits(execution_id, placement, standing.detail))
            self._soon(_WAITS_WAIT_S)
            return
        self._measure_start(execution_id, started_us)
        if standing.phase is Phase.RUNNING and started_us is not None:
            self._told.append(Begun(execution_id, placement, started_us, handle))
        elif standing.phase is Phase.LOST and not standing.ran:
            self._told.append(GivenBack(execution_id, placement))
        elif standing.phase in (Phase.ENDED, Phase.LOST):
            # With its start, in case that its beginning was never recorded.
            self._told.append(ended := _ended(execution_id, placement, standing, started_us, handle))
            _log_end(ended)
        if standing.phase is Phase.RUNNING:
            self._running.add(execution_id)
            self._soon(_BEGUN_WAITS_S)
        elif self._told:
            self._running.discard(execution_id)
            self._ends_told += 1
            if self._ends_told >= len(self._running):
                self._wanted.set()
            else:
                self._soon(_END_WAITS_S)

    def _measure_start(self, execution_id: int, started_us: int | None) -> None:
        """Once for each; those that an earlier leader placed are not measured."""
        ready_us = self._ready_us.pop(execution_id, None)
        if started_us is not None and ready_us is not None:
            START_LATENCY.observe(max(0, started_us - ready_us) / 1_000_000)

    def _soon(self, within_s: float) -> None:
        """Take a turn within this time. Nothing waits for a beginning, and a short program's end may join it. An end
        lets others join while most still run: a turn takes 0.5 ms, and 0.1 ms for each end."""
        loop = asyncio.get_running_loop()
        if self._later is not None:
            if self._later.when() <= loop.time() + within_s:
                return
            self._later.cancel()
        self._later = loop.call_later(within_s, self._wanted.set)


def _log_end(end: Ended) -> None:
    """Ends as they should be fill no log unless it is asked for."""
    level = logging.DEBUG if end.exit_code == 0 else logging.INFO
    if _log.isEnabledFor(level):
        words = in_words(outcome(end.reason, end.exit_code), end.reason, end.exit_code, end.signal, end.detail)
        _log.log(
            level,
            "Execution %d ended: %s.",
            end.execution_id,
            words or "success",
            extra={"execution_id": end.execution_id},
        )


def _may_be_retried(move: Move) -> bool:
    return isinstance(move, Ended) and move.exit_code != 0


def _ended(execution_id: int, placement: int, standing: Standing, started_us: int | None, handle: Handle) -> Ended:
    return Ended(
        execution_id,
        standing.reason or Reason.LOST,
        standing.ended_us or now_us(),
        placement,
        started_us,
        standing.exit_code,
        standing.signal,
        standing.detail,
        standing.cpu_us,
        standing.peak_bytes,
        handle if "node" in handle else None,
    )
