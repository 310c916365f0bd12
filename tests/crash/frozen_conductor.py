"""A conductor that freezes itself (SIGSTOP) once, at a named point, when it has a few executions in hand.

    python -m tests.crash.frozen_conductor "before a spawn"

It freezes in its database thread, so between two transactions: SQLite's lock of a frozen process is nobody's to break.
"""

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from capsulier.operations.setup import open_installation

_AT_CALL = 5


def freeze_once(function: Callable[..., Any], *, before: bool, thread: Callable[[], ThreadPoolExecutor | None]) -> Any:
    """The function, which freezes the process at its fifth call that has something to do."""
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        answer = None if before else function(*args, **kwargs)
        calls += 1 if before or answer.launches else 0
        if calls == _AT_CALL:
            calls += 1
            pool = thread()
            if pool is None:
                os.kill(os.getpid(), signal.SIGSTOP)
            else:
                pool.submit(os.kill, os.getpid(), signal.SIGSTOP).result()
        return function(*args, **kwargs) if before else answer

    return wrapped


def main(point: str) -> int:
    open_installation()
    from capsulier.conductor import clerk, database  # noqa: PLC0415
    from capsulier.engines.local import engine  # noqa: PLC0415
    from capsulier.operations import conductor  # noqa: PLC0415

    pools: list[ThreadPoolExecutor] = []
    begin = database.Database.__init__

    def remember(self: database.Database) -> None:
        begin(self)
        pools.append(self._thread)

    database.Database.__init__ = remember  # type: ignore[method-assign]
    if point == "after a turn":
        clerk.take_turn = freeze_once(clerk.take_turn, before=False, thread=lambda: None)  # type: ignore[attr-defined]
    else:
        engine.spawn = freeze_once(engine.spawn, before=True, thread=lambda: pools[0])  # type: ignore[attr-defined]
    return conductor.main([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
