"""Works out who is to hear of what has happened, and sends what stands in the outbox."""

import asyncio
import logging
import threading
from collections.abc import Callable

from django.db import connections

from capsulier.clock import now_us
from capsulier.ledger.overruns import note_overruns
from capsulier.ledger.wake import ALERTS, listen
from capsulier.services.note_delays import note_delays
from capsulier.services.raise_alerts import raise_alerts
from capsulier.services.send_mails import Postman
from capsulier.services.send_to_channels import Courier

_log = logging.getLogger(__name__)
_LOOK_FOR_DELAYS_S = 5.0
_LOOK_ANYWAY_S = 30.0
"""The safety net under the wake-ups."""
_PATIENCE_S = 2.0
"""At our end, for the message that is just being sent."""


class Desk:
    """Does its work in a thread of its own, again and again: when it is wanted, and when the work says."""

    def __init__(self, name: str, work: Callable[[], float], ending: threading.Event) -> None:
        """`work` answers in how many seconds it is to be done again at the latest."""
        self._name, self._work, self._ending = name, work, ending
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._sit, name=name, daemon=True)

    def open(self) -> None:
        self._thread.start()

    def want(self) -> None:
        self._wanted.set()

    def close(self) -> None:
        """After `ending` was set. A thread that hangs in its work is left behind."""
        self._wanted.set()
        self._thread.join(_PATIENCE_S)

    def _sit(self) -> None:
        while not self._ending.is_set():
            self._wanted.clear()
            wait_s = _LOOK_ANYWAY_S
            try:
                wait_s = min(wait_s, self._work())
            except Exception:
                _log.exception("The desk of the %s failed. Trying again in half a minute.", self._name)
                connections.close_all()
            self._wanted.wait(wait_s)
        connections.close_all()


class Alerts:
    """One desk works out the alerts, the others send: a mail server may hang for as long as it likes, and holds
    nobody's end up. A message that was being sent then is sent later."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        postman = Postman(self._ending)
        self._raising = Desk("alerts", self._raise, self._ending)
        courier = Courier(self._ending)
        self._senders = [
            Desk("mails", lambda: _until(postman.send_mails()), self._ending),
            Desk("channels", lambda: _until(courier.send_alerts()), self._ending),
        ]

    async def work(self) -> None:
        desks = [self._raising, *self._senders]
        for desk in desks:
            desk.open()
        try:
            async for _ in listen(ALERTS):
                for desk in desks:
                    desk.want()
        finally:
            self._ending.set()
            for desk in desks:
                await asyncio.to_thread(desk.close)

    def _raise(self) -> float:
        note_overruns(now_us())
        note_delays()
        if raise_alerts():
            for sender in self._senders:
                sender.want()
        return _LOOK_FOR_DELAYS_S


def _until(next_try_us: int | None) -> float:
    return _LOOK_ANYWAY_S if next_try_us is None else (next_try_us - now_us()) / 1_000_000
