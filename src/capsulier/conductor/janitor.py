"""Removes what nobody can reach any more, and what the settings no longer keep."""

import asyncio
import logging
import threading

from django.db import connections

from capsulier.config import config
from capsulier.services.keep_history import keep_history
from capsulier.services.tidy_up import tidy_up

_log = logging.getLogger(__name__)
_PATIENCE_S = 2.0
"""At our end, for the step that is just being done. What it leaves half done, the next pass finishes."""


class Janitor:
    """In a thread of its own: packing a log of gigabytes takes minutes, and nothing waits for it."""

    def __init__(self) -> None:
        self._ending = threading.Event()

    async def work(self) -> None:
        thread = threading.Thread(target=self._tidy, name="janitor", daemon=True)
        thread.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._ending.set()
            await asyncio.to_thread(thread.join, _PATIENCE_S)

    def _tidy(self) -> None:
        while not self._ending.is_set():
            try:
                tidy_up()
                keep_history(self._ending.is_set)
            except Exception:
                _log.exception("Tidying up failed. Trying again later.")
            connections.close_all()
            self._ending.wait(config().tidy_every_s)
