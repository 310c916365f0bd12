"""Why an execution has not begun: its place in its job's queue, and what it waits for, in words.

The reasons are tried in the order of `_REASONS`, and the first that holds is told. A further one is a `Cause`, a fact
of `InQueue` or `Surroundings` (gathered by `services.waiting`), and a line in `_REASONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from capsulier.core.disk import Disk
from capsulier.core.wording import size_in_words, until


class Cause(StrEnum):
    """What kind of reason it is: for programs that would not read the words."""

    DELAY = "delay"
    """Its retry, or its start, is for later."""
    CONDUCTOR = "conductor"
    """Nobody is there who would start it."""
    DISK = "disk"
    """There is not room enough on the disk."""
    BEFORE = "before"
    """It runs beside no other of its job (overlap: queue, replace)."""
    JOB_LIMIT = "job_limit"
    PLATFORM_LIMIT = "platform_limit"
    TURN = "turn"
    """Nothing holds it but those before it."""
    ENGINE = "engine"
    """Handed to an engine, which has not begun its command yet."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The answer for one execution."""

    cause: Cause
    words: str
    """A clause that follows "Queued" or "Pending": "waits for 2 others of this job to end"."""
    position: int | None = None
    """Its place in the queue of its job, from 1. None before its delay is over, and once it has left the queue."""


@dataclass(frozen=True, slots=True)
class InQueue:
    """A queued execution and what it waits behind."""

    not_before_us: int
    is_retry: bool = False
    alone: bool = False
    """Waits until nothing of its job is at work."""
    ahead: int = 0
    """Executions of its job that stand before it in the queue, delayed ones not counted."""
    of_job: int = 0
    """Executions of its job at work (pending or running)."""
    most_of_job: int | None = None
    of_platform: int = 0
    most_of_platform: int = 1
    min_free_mb: int | None = None
    """What its platform wants to be free on the disk."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for all executions at this moment."""

    now_us: int
    led_until_us: int
    """How long the lease of the leading conductor holds; past where none leads."""
    disk: Disk


def why_queued(execution: InQueue, now: Surroundings) -> Waits:
    """Why this queued execution has not left the queue."""
    cause, words = next(
        (cause, words) for cause, tell in _REASONS for words in [tell(execution, now)] if words is not None
    )
    return Waits(cause, words, None if cause is Cause.DELAY else execution.ahead + 1)


def why_pending(engine_words: str = "") -> Waits:
    """Why a pending execution does not run yet; `engine_words` is what its engine says of it."""
    return Waits(Cause.ENGINE, engine_words or "being prepared")


def of_queue(first: Waits, queued: int) -> str:
    """The same for a whole queue of so many, told by its first execution."""
    return first.words if queued < 2 else f"{queued:,} in the queue, the first {first.words}"


def _delay(execution: InQueue, now: Surroundings) -> str | None:
    left_us = execution.not_before_us - now.now_us
    if left_us <= 0:
        return None
    return f"{'retry' if execution.is_retry else 'starts'} {until(left_us / 1_000_000)}"


def _conductor(execution: InQueue, now: Surroundings) -> str | None:
    return "waits for a conductor: none is running" if now.led_until_us < now.now_us else None


def _disk(execution: InQueue, now: Surroundings) -> str | None:
    if now.disk.has_room(execution.min_free_mb):
        return None
    free, wanted = now.disk.free_bytes, now.disk.wanted_bytes(execution.min_free_mb)
    return f"waits for disk space: {size_in_words(free)} free, {size_in_words(wanted)} wanted"


def _before(execution: InQueue, now: Surroundings) -> str | None:
    others = execution.of_job + execution.ahead
    return f"waits for {_others(others)} of this job to end" if execution.alone and others else None


def _job_limit(execution: InQueue, now: Surroundings) -> str | None:
    if execution.most_of_job is None:
        return None
    first = execution.of_job + execution.ahead - execution.most_of_job + 1
    return f"waits for {_others(first)} of this job to end: {execution.most_of_job} at once" if first > 0 else None


def _platform_limit(execution: InQueue, now: Surroundings) -> str | None:
    first = execution.of_platform + execution.ahead - execution.most_of_platform + 1
    if execution.of_platform < execution.most_of_platform:
        return None
    what = "1 execution" if first == 1 else f"{first:,} executions"
    return f"waits for {what} of the platform to end: {execution.most_of_platform:,} at once"


def _turn(execution: InQueue, now: Surroundings) -> str | None:
    return f"waits for its turn: {execution.ahead:,} before it" if execution.ahead else "about to start"


_REASONS: tuple[tuple[Cause, Callable[[InQueue, Surroundings], str | None]], ...] = (
    (Cause.DELAY, _delay),
    (Cause.CONDUCTOR, _conductor),
    (Cause.DISK, _disk),
    (Cause.BEFORE, _before),
    (Cause.JOB_LIMIT, _job_limit),
    (Cause.PLATFORM_LIMIT, _platform_limit),
    (Cause.TURN, _turn),
)
"""Each tells its words, or None where it is not the reason. The last always is."""


def _others(count: int) -> str:
    return "1 other" if count == 1 else f"{count:,} others"
