"""A conductor that is killed or frozen once, at a named point, when it has a few executions or fires in hand.

    python -m tests.crash.at_point SIGKILL "before a spawn"

A freeze (SIGSTOP) belongs between two transactions: the lock that a frozen process has on SQLite is nobody's to break.
"""

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, NamedTuple

from capsulier.operations.setup import open_installation

_AT_CALL = 5


class Point(NamedTuple):
    module: str
    function: str
    """As that module calls it."""
    is_before: bool
    counts: Callable[[tuple[Any, ...], Any], bool] = lambda arguments, answer: True
    """Whether a call has something to do, by its arguments and, after it, by its answer."""


POINTS = {
    "within a turn": Point(
        "capsulier.services.take_turn",
        "placing.place_next",
        is_before=False,
        counts=lambda _, placed: bool(placed),
    ),
    "after a turn": Point("capsulier.conductor.clerk", "take_turn", False, lambda _, turn: bool(turn.launches)),
    "before a spawn": Point("capsulier.engines.local.engine", "spawn", True),
    "after a spawn": Point("capsulier.engines.local.engine", "spawn", False),
    "before an end is written": Point(
        "capsulier.conductor.clerk",
        "take_turn",
        is_before=True,
        counts=lambda arguments, _: any(type(told).__name__ == "Ended" for told in arguments[1]),
    ),
    "before a fire": Point("capsulier.conductor.scheduler", "fire_schedules", True),
    "within a fire": Point("capsulier.services.fire_schedules", "firing.advance", is_before=False),
    "after a fire": Point(
        "capsulier.conductor.scheduler", "fire_schedules", False, lambda _, fired: bool(fired.schedules)
    ),
}


def strike_once(point: Point, function: Callable[..., Any], strike: Callable[[], None]) -> Callable[..., Any]:
    """The function, which strikes at its fifth call that counts."""
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        answer = None if point.is_before else function(*args, **kwargs)
        calls += point.counts(args, answer)
        if calls == _AT_CALL:
            calls += 1
            strike()
        return function(*args, **kwargs) if point.is_before else answer

    return wrapped


def main(number: signal.Signals, point: Point) -> int:
    open_installation()
    from django.db import transaction  # noqa: PLC0415

    from capsulier.conductor import database  # noqa: PLC0415
    from capsulier.operations import conductor  # noqa: PLC0415

    pools: list[ThreadPoolExecutor] = []
    begin = database.Database.__init__

    def remember(self: database.Database) -> None:
        begin(self)
        pools.append(self._thread)

    def freeze() -> None:
        with transaction.atomic():
            pass  # the alerts' thread or the janitor's may have had the lock until now
        os.kill(os.getpid(), number)

    def strike() -> None:
        if number is not signal.SIGSTOP:
            os.kill(os.getpid(), number)
        elif point.function == "spawn":
            pools[0].submit(freeze).result()
        else:
            freeze()

    database.Database.__init__ = remember  # type: ignore[method-assign]
    *path, name = point.function.split(".")
    place: Any = import_module(point.module)
    for each in path:
        place = getattr(place, each)
    setattr(place, name, strike_once(point, getattr(place, name), strike))
    return conductor.main([])


if __name__ == "__main__":
    sys.exit(main(signal.Signals[sys.argv[1]], POINTS[sys.argv[2]]))
