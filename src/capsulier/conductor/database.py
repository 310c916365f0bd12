"""The conductor's one database thread: its transactions come one after the other."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InternalError, OperationalError, connections

from capsulier.conductor.figures import DATABASE_FAILURES, TRANSACTION

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)
_RETRY_S = 0.5
_SAY_IT_AGAIN_S = 60.0
_FROZEN = "25P03"
"""PostgreSQL has ended the transaction in which we were frozen (SQLSTATE)."""


class Database:
    """Runs functions in the thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self.failures = 0
        """How often it did not answer. Whether what was asked then was done, nobody knows."""
        self._said_at = -_SAY_IT_AGAIN_S

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's answer. While the database is away it is tried again until the caller is cancelled: what is
        passed here is safe to repeat, whether it has changed nothing or all but for its answer."""
        loop = asyncio.get_running_loop()
        took = TRANSACTION.labels(function.__name__.strip("_"))

        def work() -> T:
            with took.time():
                return function(*args, **kwargs)

        while True:
            try:
                return await loop.run_in_executor(self._thread, work)
            except (OperationalError, InternalError) as error:
                if not _is_away(error):
                    raise
                self.failures += 1
                DATABASE_FAILURES.inc()
                if time.monotonic() - self._said_at >= _SAY_IT_AGAIN_S:
                    self._said_at = time.monotonic()
                    _log.warning("The database does not answer (%s). Trying again and again.", str(error).strip())
                await loop.run_in_executor(self._thread, connections.close_all)
                await asyncio.sleep(_RETRY_S)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _is_away(error: OperationalError | InternalError) -> bool:
    """Whether the database, or our connection to it, is gone; everything else is a fault of ours."""
    return isinstance(error, OperationalError) or getattr(error.__cause__, "sqlstate", None) == _FROZEN
