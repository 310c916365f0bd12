"""Leading by a lease: taken, renewed, and given up in time."""

import asyncio
import logging
import os
import secrets
import socket
import time

from capsulier.clock import now_us
from capsulier.conductor.database import Database
from capsulier.ledger.lease import Deposed, release_lease, take_lease
from capsulier.ledger.wake import CONDUCTOR, wake

_log = logging.getLogger(__name__)


class Leadership:
    """Whether we lead, and until when that is certain without asking."""

    def __init__(self, database: Database, ttl_s: float) -> None:
        self._database, self._ttl_s = database, ttl_s
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.epoch = 0
        self._certain_until = 0.0

    async def gain(self) -> None:
        """Return once we lead. Standing by asks often enough to take over well within ten seconds."""
        while not await self._renew():  # noqa: ASYNC110  # it is the database that is asked
            await asyncio.sleep(self._ttl_s / 6)
        _log.info("Leading, epoch %d.", self.epoch)

    async def keep(self) -> None:
        """Renew the lease for as long as we run. Raises Deposed when somebody else leads, or has led meanwhile: of what
        they began, we know nothing."""
        ours = self.epoch
        while await self._renew() and self.epoch == ours:  # noqa: ASYNC110  # as above
            await asyncio.sleep(self._ttl_s / 3)
        raise Deposed

    def is_certain(self) -> bool:
        """Whether nobody else can lead yet. By a clock that goes on while the machine sleeps: to be asked right
        before acting on the world."""
        return _time() < self._certain_until

    async def give_up(self) -> None:
        await self._database(release_lease, self.holder)
        await self._database(wake, CONDUCTOR)

    async def _renew(self) -> bool:
        asked_at = _time()
        epoch = await self._database(_take, self.holder, self._ttl_s)
        if epoch is None:
            return False
        self.epoch, self._certain_until = epoch, asked_at + self._ttl_s
        return True


def _take(holder: str, ttl_s: float) -> int | None:
    return take_lease(holder, now_us=now_us(), ttl_us=int(ttl_s * 1_000_000))


def _time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
