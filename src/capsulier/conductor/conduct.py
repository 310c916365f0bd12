"""The conductor as a whole: stand by, lead, hand over."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from capsulier.conductor.alerts import Alerts
from capsulier.conductor.clerk import Clerk, Posted
from capsulier.conductor.database import Database
from capsulier.conductor.figures import FIGURES
from capsulier.conductor.janitor import Janitor
from capsulier.conductor.leadership import Leadership
from capsulier.conductor.reporter import Reporter
from capsulier.conductor.roll_call import RollCall
from capsulier.conductor.scheduler import Scheduler
from capsulier.config import config
from capsulier.ledger.wake import CONDUCTOR, listen

_log = logging.getLogger(__name__)
_SCHEDULER_WAITS_S = 0.05


async def conduct(posted: Sequence[Posted], ended: asyncio.Event) -> None:
    """Lead as soon as nobody else does, until `ended` is set; then record what is known and give the lease up. The
    programs that run go on. Raises Deposed (in a group) when the lease was lost: then this process has to end."""
    database = Database()
    leadership = Leadership(database, config().lease_s)
    clerk = Clerk(posted, database, leadership)
    scheduler = Scheduler(database, leadership)
    try:
        if not await _unless(ended, leadership.gain()):
            return
        await clerk.recover()
        async with asyncio.TaskGroup() as group:
            group.create_task(clerk.work())
            others = [
                group.create_task(work)
                for work in (
                    leadership.keep(),
                    clerk.listen(),
                    scheduler.work(),
                    Reporter(database).work(),
                    *(RollCall(post.engine, database).work() for post in posted),
                    FIGURES.watch_loop(),
                    Alerts().work(),
                    Janitor().work(),
                    _pass_on_wakes(clerk, scheduler),
                )
            ]
            await ended.wait()
            clerk.end()
            for each in others:
                each.cancel()
        await leadership.give_up()
        _log.info("Handed over. Running programs go on.")
    finally:
        for post in posted:
            await post.engine.close()
        await database.close()


async def _pass_on_wakes(clerk: Clerk, scheduler: Scheduler) -> None:
    """To the scheduler a moment later: most are for runs by hand, and it would cross their way to the first
    instruction."""
    loop = asyncio.get_running_loop()
    async for _ in listen(CONDUCTOR):
        clerk.wake()
        loop.call_later(_SCHEDULER_WAITS_S, scheduler.wake)


async def _unless(ended: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Whether the work was done before `ended` was set."""
    doing, ending = asyncio.create_task(work), asyncio.create_task(ended.wait())
    await asyncio.wait([doing, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not doing.done():
        doing.cancel()
        return False
    await doing
    return True
