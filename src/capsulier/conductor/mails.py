"""Sends what stands in the outbox."""

import asyncio
import contextlib
import logging

from capsulier.clock import now_us
from capsulier.services.send_mails import send_mails

_log = logging.getLogger(__name__)
_LOOK_ANYWAY_S = 30.0


class Mails:
    """In a thread of its own: a mail server may hang for as long as it likes."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        self._wanted.set()

    async def work(self) -> None:
        while True:
            self._wanted.clear()
            wait_s = _LOOK_ANYWAY_S
            try:
                next_try_us = await asyncio.to_thread(send_mails)
                if next_try_us is not None:
                    wait_s = min(wait_s, max(0.0, (next_try_us - now_us()) / 1_000_000))
            except Exception:
                _log.exception("Mails could not be sent. Trying again.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wanted.wait()
