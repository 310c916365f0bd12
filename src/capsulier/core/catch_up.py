"""Catch-up: what becomes of the instants that passed while the manager was down or the schedule paused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from capsulier.core.schedule import Schedule, count_fires, last_fires, next_fire

LIMIT = 100
"""At most so many executions are started at once for a past stretch."""


class CatchUp(StrEnum):
    """The policy of a job; a new one runs the latest."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"
    """All of them, the latest ones where they are more than the limit."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A stretch of instants that do not run: one record, however many they are."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What to do about a past stretch. The missed ones are always the earlier ones."""

    missed: Missed | None
    run: tuple[datetime, ...]


def catch_up(
    schedule: Schedule, after: datetime, until: datetime, policy: CatchUp, *, limit: int = LIMIT, started: int = 0
) -> CaughtUp:
    """Decide about the fires in after < fire <= until. Never more run than the schedule still starts after `started`
    executions; once it starts none, nothing is due and nothing is missed."""
    first = next_fire(schedule, after)
    if first is None or first > until or not schedule.may_fire(started):
        return CaughtUp(None, ())
    wanted = {CatchUp.NONE: 0, CatchUp.LATEST: 1, CatchUp.ALL: limit}[policy]
    run = last_fires(schedule, after, until, _may_start(schedule, started, wanted))
    count = count_fires(schedule, after, until) - len(run)
    if count == 0:
        return CaughtUp(None, tuple(run))
    # One more from the end is the last of those that stay behind.
    last = last_fires(schedule, after, until, len(run) + 1)[0]
    return CaughtUp(Missed(first, last, count), tuple(run))


def _may_start(schedule: Schedule, started: int, wanted: int) -> int:
    return next((more for more in range(wanted) if not schedule.may_fire(started + more)), wanted)
