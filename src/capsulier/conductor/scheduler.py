"""The scheduler: sleeps until the next fire of all, and wakes at once when a schedule changes."""

import asyncio
import contextlib
from datetime import UTC, datetime

from capsulier.clock import now_us
from capsulier.conductor.database import Database
from capsulier.conductor.figures import FIRE_LATENESS
from capsulier.conductor.leadership import Leadership
from capsulier.services.fire_schedules import Fired, fire_schedules

_LOOK_ANYWAY_S = 10.0
"""The safety net under the wake-ups, and against a wall clock that is set."""


class Scheduler:
    def __init__(self, database: Database, leadership: Leadership) -> None:
        self._database, self._leadership = database, leadership
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        self._wanted.set()

    async def work(self) -> None:
        """Fire what is due, for ever. Raises Deposed when we lead no more."""
        while True:
            self._wanted.clear()
            fired = await self._database(_fire, self._leadership.epoch)
            for late_us in fired.late_us:
                FIRE_LATENESS.observe(late_us / 1_000_000)
            wait_s = _LOOK_ANYWAY_S
            if fired.next_due_us is not None:
                wait_s = min(wait_s, (fired.next_due_us - now_us()) / 1_000_000)
            if wait_s > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._wanted.wait()


def _fire(epoch: int) -> Fired:
    """Of what is due when the database answers: it may have been away for long."""
    return fire_schedules(epoch, datetime.now(UTC))
