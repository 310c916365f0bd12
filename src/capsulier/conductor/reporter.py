"""Hands the conductor's figures over: it has no address of its own to be asked at."""

import asyncio

from capsulier.conductor.database import Database
from capsulier.conductor.figures import FIGURES
from capsulier.services.figures import CONDUCTOR, hand_over

_EVERY_S = 5.0


class Reporter:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self) -> None:
        while True:
            await self._database(hand_over, CONDUCTOR, FIGURES.text())
            await asyncio.sleep(_EVERY_S)
