"""Asks the engine every so often what it has, and writes it down for those who cannot ask it themselves."""

import asyncio
import logging

from capsulier.conductor.database import Database
from capsulier.engines.protocol import Engine
from capsulier.services.engines import LOOK_EVERY_S, note_engine

_log = logging.getLogger(__name__)


class RollCall:
    def __init__(self, engine: Engine, database: Database) -> None:
        self._engine, self._database = engine, database

    async def work(self) -> None:
        while True:
            try:
                nodes = await self._engine.nodes()
            except Exception:
                _log.exception("The engine %s does not tell its nodes. Asking again.", self._engine.name)
            else:
                await self._database(note_engine, self._engine.name, self._engine.abilities, nodes)
            await asyncio.sleep(LOOK_EVERY_S)
