"""Removes what nobody can reach any more."""

import asyncio
import logging

from capsulier.services.tidy_up import tidy_up

_log = logging.getLogger(__name__)
_EVERY_S = 3600.0


class Janitor:
    async def work(self) -> None:
        while True:
            try:
                await asyncio.to_thread(tidy_up)
            except Exception:
                _log.exception("Tidying up failed. Trying again in an hour.")
            await asyncio.sleep(_EVERY_S)
