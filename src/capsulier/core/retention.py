"""What is kept of executions that have ended: the rule by which a job's history and its files go."""

from dataclasses import dataclass, fields
from enum import IntEnum

from capsulier.core.states import State

_DAY_US = 24 * 3600 * 1_000_000
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept. 0 is without limit; of a job, None leaves it to its platform; of a platform, None is 0."""

    keep_days: int | None = None
    """After so many days an execution goes, record and all."""
    keep_executions: int | None = None
    """So many of a job's that have ended stay; the older go, record and all."""
    keep_log_days: int | None = None
    """After so many days its logs go, and with them all of its files."""
    keep_mb: int | None = None
    """So much the files of a job may take. The oldest go first; the records stay."""
    keep_work_days: int | None = None
    """After so many days its working directory goes."""

    def within(self, platform: "Retention") -> "Retention":
        """What holds for a job: its own where it says something, else the platform's."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return Retention(**{n: getattr(platform, n) if value is None else value for n, value in own.items()})

    def goes_by_others(self) -> bool:
        """Whether what goes depends on what came after it, and not on its own age alone."""
        return bool(self.keep_executions or self.keep_mb)


def days_before_us(days: int | None, now_us: int) -> int:
    """The instant before which what ended is too old; 0 where there is no limit."""
    return now_us - days * _DAY_US if days else 0


class Fate(IntEnum):
    """What goes of an execution. Each takes with it what those before it take."""

    STAYS = 0
    WORK_GOES = 1
    FILES_GO = 2
    ALL_GOES = 3


@dataclass(frozen=True, slots=True)
class Past:
    """What the rule has to know of an execution."""

    state: State
    ended_us: int | None
    """None while it lives."""
    log_bytes: int = 0
    work_bytes: int = 0
    """What its files take."""


class Judge:
    """Goes through the executions of one job, from the newest to the oldest, and says what goes of each.

    What lives stays. So do, with all their files, the newest of all, the last success and the last failure.
    """

    def __init__(self, retention: Retention, now_us: int) -> None:
        self._retention, self._now_us = retention, now_us
        self._unseen = {State.SUCCESS, State.FAILED}
        self._is_newest = True
        self._ended = 0
        self._bytes = 0

    def fate(self, past: Past) -> Fate:
        is_kept = self._is_newest or past.ended_us is None or past.state in self._unseen
        self._is_newest = False
        self._unseen.discard(past.state)
        if past.ended_us is not None:
            self._ended += 1
        fate = Fate.STAYS if is_kept else self._by_age_and_number(past.ended_us or 0)
        self._bytes += past.log_bytes + (past.work_bytes if fate is Fate.STAYS else 0)
        if not is_kept and _exceeds(self._bytes, (self._retention.keep_mb or 0) * _MB):
            fate = max(fate, Fate.FILES_GO)
        return fate

    def _by_age_and_number(self, ended_us: int) -> Fate:
        wanted, days = self._retention, (self._now_us - ended_us) / _DAY_US
        if _exceeds(days, wanted.keep_days) or _exceeds(self._ended, wanted.keep_executions):
            return Fate.ALL_GOES
        if _exceeds(days, wanted.keep_log_days):
            return Fate.FILES_GO
        return Fate.WORK_GOES if _exceeds(days, wanted.keep_work_days) else Fate.STAYS


def _exceeds(value: float, limit: int | None) -> bool:
    return bool(limit) and value > (limit or 0)
