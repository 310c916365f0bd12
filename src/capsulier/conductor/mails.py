"""Sends what stands in the outbox."""

import asyncio
import logging
import threading

from django.db import connections

from capsulier.clock import now_us
from capsulier.ledger.wake import MAILS, listen
from capsulier.services.send_mails import Postman

_log = logging.getLogger(__name__)
_LOOK_ANYWAY_S = 30.0
"""The safety net under the wake-ups."""
_PATIENCE_S = 2.0
"""At our end, for the mail that is just being sent."""


class Mails:
    """In a thread of its own: a mail server may hang for as long as it likes. It holds nobody's end up: a mail that it
    was sending then is sent later."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._ending = threading.Event()

    async def work(self) -> None:
        thread = threading.Thread(target=self._send, name="mails", daemon=True)
        thread.start()
        try:
            async for _ in listen(MAILS):
                self._wanted.set()
        finally:
            self._ending.set()
            self._wanted.set()
            await asyncio.to_thread(thread.join, _PATIENCE_S)

    def _send(self) -> None:
        postman = Postman(self._ending)
        while not self._ending.is_set():
            self._wanted.clear()
            wait_s = _LOOK_ANYWAY_S
            try:
                next_try_us = postman.send_mails()
                if next_try_us is not None:
                    wait_s = min(wait_s, (next_try_us - now_us()) / 1_000_000)
            except Exception:
                _log.exception("Mails could not be sent. Trying again in half a minute.")
                connections.close_all()
            self._wanted.wait(wait_s)
        connections.close_all()
