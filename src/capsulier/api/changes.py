"""What changed: one look at the database for all event streams of this process.

Nobody listens, nothing is asked. A look follows a wake-up at once, and a silence of two seconds, in case that a
wake-up was lost; there are at most ten a second.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from capsulier.api.v2.asking import in_thread
from capsulier.clock import now_us
from capsulier.ledger.wake import PAGES, listen
from capsulier.store.reads.changes import Changed, read_changed

_log = logging.getLogger(__name__)
_LOOK_ANYWAY_S = 2.0
_PAUSE_S = 0.1
_RETRY_S = 1.0
_OVERLAP_US = 10_000_000
"""A transaction may take so long between the moment that it writes down and its commit."""


@dataclass(slots=True)
class Hints:
    """What has changed, by ids. No replay, no promise that something differs: look again."""

    jobs: set[int] = field(default_factory=set)
    executions: set[int] = field(default_factory=set)


class Subscription:
    """What one stream has not been told yet."""

    def __init__(self, platforms: Collection[int]) -> None:
        self.platforms = frozenset(platforms)
        self._hints = Hints()
        self._news = asyncio.Event()
        self._looked_at = 0.0

    def add(self, changed: Collection[Changed]) -> None:
        for each in changed:
            if each.platform_id in self.platforms:
                self._hints.jobs.add(each.job_id)
                self._hints.executions.update(each.execution_ids)
                self._news.set()

    def take(self) -> Hints:
        """Everything since the last time, without waiting."""
        self._news.clear()
        hints, self._hints = self._hints, Hints()
        return hints

    async def wait(self, timeout_s: float) -> Hints | None:
        """The next news, or None where there are none for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
            return self.take()
        return None

    def is_time_to_look(self) -> bool:
        """Now and then, whatever was heard: for those who act on what they look up."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_ANYWAY_S:
            return False
        self._looked_at = now
        return True


class Changes:
    """The one tailer of the process; it lives as long as somebody subscribes."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def subscribe(self, platforms: Collection[int]) -> Iterator[Subscription]:
        subscription = Subscription(platforms)
        self._subscriptions.add(subscription)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._tail())
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            if not self._subscriptions and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _tail(self) -> None:
        since_us, known = now_us(), dict[int, int]()
        woken = asyncio.Event()
        hearing = asyncio.create_task(_hear(woken))
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_ANYWAY_S):
                        await woken.wait()
                woken.clear()
                try:
                    since_us, known = await self._look(since_us, known)
                    await asyncio.sleep(_PAUSE_S)
                except Exception:
                    _log.exception("Live pages are not told of changes at the moment.")
                    await asyncio.sleep(_RETRY_S)
        finally:
            hearing.cancel()

    async def _look(self, since_us: int, known: dict[int, int]) -> tuple[int, dict[int, int]]:
        """Tell everybody what changed; answer from when on to look next, and what is known of it already."""
        platforms = frozenset[int]().union(*(each.platforms for each in self._subscriptions))
        at_us = now_us()
        found = await in_thread(read_changed, platforms, since_us - _OVERLAP_US)
        news = [each for each in found if known.get(each.job_id) != each.changed_us]
        for subscription in list(self._subscriptions):
            subscription.add(news)
        return at_us, {each.job_id: each.changed_us for each in found}


async def _hear(woken: asyncio.Event) -> None:
    async for _ in listen(PAGES):
        woken.set()


CHANGES = Changes()
