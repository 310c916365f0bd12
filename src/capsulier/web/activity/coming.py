"""What is coming in the next 24 hours: for each schedule its next fire, and how many there will be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

from capsulier.clock import as_datetime, as_us, now_us
from capsulier.core.errors import CapsulierError
from capsulier.core.schedule import count_fires, fires_between, in_words
from capsulier.services.scheduling import schedule_draft
from capsulier.store.models import Execution, Job, Schedule
from capsulier.store.reads.activity import read_coming

AHEAD = timedelta(hours=24)
WIDTH = 240
_MOST_TICKS = 96
"""More than so many are drawn as a band."""


@dataclass(frozen=True, slots=True)
class ComingRun:
    job: Job
    at: datetime
    words: str
    count: int
    """Fires within the stretch."""
    ticks: Sequence[float]
    """Where they are in it, on a scale of `WIDTH`; none where they are too many to be told apart."""


@dataclass(frozen=True, slots=True)
class ComingRuns:
    runs: Sequence[ComingRun]
    left_out: int
    width: int = WIDTH


def show_coming(platform_id: int) -> ComingRuns:
    """The soonest first, retries that wait among them."""
    at_us = now_us()
    begin = as_datetime(at_us)
    end = begin + AHEAD
    coming = read_coming(platform_id, at_us, as_us(end))
    runs = [*_of_schedules(coming.schedules, begin, end), *(_of_retry(each, begin) for each in coming.delayed)]
    return ComingRuns(sorted(runs, key=lambda run: run.at), coming.total - len(coming.schedules))


def _of_schedules(schedules: Sequence[Schedule], begin: datetime, end: datetime) -> Iterator[ComingRun]:
    count_of = cache(lambda parsed: count_fires(parsed, begin, end))  # many jobs are due at the same times
    for schedule in schedules:
        draft = schedule_draft(schedule)
        try:
            parsed = draft.parsed() if draft else None
        except CapsulierError:  # a zone that this machine no longer knows
            continue
        if parsed is None or schedule.next_fire_us is None:
            continue
        left = getattr(parsed, "times", None)
        at_most = None if left is None else max(0, left - schedule.started)
        count = count_of(parsed)
        count = count if at_most is None else min(count, at_most)
        ticks = islice(fires_between(parsed, begin, end), count) if count <= _MOST_TICKS else ()
        yield ComingRun(
            job=schedule.job,
            at=as_datetime(schedule.next_fire_us),
            words=in_words(parsed),
            count=count,
            ticks=[_x(fire, begin) for fire in ticks],
        )


def _of_retry(execution: Execution, begin: datetime) -> ComingRun:
    at = as_datetime(execution.not_before_us)
    of = f" of #{execution.retry_of.number}" if execution.retry_of else ""
    return ComingRun(execution.job, at, f"Retry{of}, attempt {execution.attempt}", 1, [_x(at, begin)])


def _x(at: datetime, begin: datetime) -> float:
    return round(min(1.0, max(0.0, (at.astimezone(UTC) - begin) / AHEAD)) * WIDTH, 1)
