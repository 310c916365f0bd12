"""What becomes of the due instants of one schedule: the rules of `core`, put into records for the ledger."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from capsulier.clock import as_datetime, as_us
from capsulier.core.catch_up import CatchUp, Missed, catch_up
from capsulier.core.errors import CapsulierError
from capsulier.core.fires import FireOutcome, FireWhy
from capsulier.core.overlap import Overlap, OverlapDecision, decide
from capsulier.core.schedule import Schedule, fires_between, next_fire, parse_schedule
from capsulier.ledger.firing import Advance, FireRecord, PassedBy, Pause
from capsulier.ledger.occasions import has_listeners
from capsulier.ledger.queueing import NewExecution

ON_TIME = timedelta(seconds=10)
"""What is due for no longer than this is simply run: a restart of the manager is not an outage."""


def account(row: Any, now: datetime, snapshot: dict[str, Any], *, policy: CatchUp, why: FireWhy) -> Advance:
    """Decide about every instant of this schedule that is due by now and has no record yet.

    `row` is one of `ledger.firing`. The instants of more than `ON_TIME` ago are caught up with by `policy`; `why`
    is why they did not run in their time. The answer moves the schedule on to the first instant after now.
    """
    try:
        schedule = read_schedule(row.repeat, row.cron, row.timezone, _aware(row.until))
    except CapsulierError as error:
        return fire_no_more(row, now, error.sentence)
    # A fire may be later than that: the clock was set back, or was another machine's when the schedule was edited.
    accounted = as_datetime(max(row.accounted_us, row.last_due_us or 0))
    punctual = now - ON_TIME
    desk = _Desk(row, schedule, now, snapshot)
    if accounted < punctual:
        past = catch_up(schedule, accounted, punctual, policy, started=row.started)
        if past.missed:
            desk.miss(past.missed, why)
        for due in past.run:
            desk.fire(due, why)
    for due in fires_between(schedule, max(accounted, punctual), now):
        desk.fire(due)
    upcoming = next_fire(schedule, now) if schedule.may_fire(desk.started) else None
    return Advance(
        schedule_id=row.id,
        job_id=row.job_id,
        platform_id=row.platform_id,
        fires=tuple(desk.records),
        accounted_us=as_us(now),
        next_fire_us=as_us(upcoming) if upcoming else None,
        stops_live=desk.stops_live,
        has_listeners=has_listeners(row),
        ends_pause=why is FireWhy.PAUSED,
    )


def let_pass(row: Any, now: datetime) -> Pause | Advance:
    """What a paused schedule lets pass from its next instant until now. Nothing is decided: that is for whoever resumes
    it."""
    try:
        schedule = read_schedule(row.repeat, row.cron, row.timezone, _aware(row.until))
    except CapsulierError as error:
        return fire_no_more(row, now, error.sentence)
    since = as_datetime(max(row.next_fire_us - 1, row.last_due_us or 0))
    missed = catch_up(schedule, since, now, CatchUp.NONE, started=row.started).missed
    upcoming = next_fire(schedule, now) if schedule.may_fire(row.started) else None
    return Pause(
        schedule_id=row.id,
        job_id=row.job_id,
        platform_id=row.platform_id,
        accounted_us=row.accounted_us,
        missed=PassedBy(as_us(missed.first), as_us(missed.last), missed.count) if missed else None,
        next_fire_us=as_us(upcoming) if upcoming else None,
    )


def fire_no_more(row: Any, now: datetime, sentence: str) -> Advance:
    """What could be read when it was saved and cannot be now (a zone that an update took away) fires no more, and says
    why; it does not hold the others up."""
    refusal = FireRecord(row.next_fire_us, FireOutcome.SKIPPED, detail=sentence)
    fires = () if row.next_fire_us in (None, row.last_due_us) else (refusal,)
    return Advance(
        row.id,
        row.job_id,
        row.platform_id,
        fires,
        accounted_us=as_us(now),
        next_fire_us=None,
        has_listeners=has_listeners(row),
    )


@lru_cache(maxsize=10_000)
def read_schedule(repeat: str, cron: str, zone: str, until: datetime | None) -> Schedule:
    return parse_schedule(repeat=repeat or None, cron=cron or None, zone=zone, until=until)


class _Desk:
    """Where the instants of one schedule are decided, one after the other."""

    def __init__(self, row: Any, schedule: Schedule, now: datetime, snapshot: dict[str, Any]) -> None:
        self._row, self._schedule, self._now, self._snapshot = row, schedule, now, snapshot
        self._live = row.live
        self.started = row.started
        self.stops_live = False
        self.records: list[FireRecord] = []

    def miss(self, missed: Missed, why: FireWhy) -> None:
        until_us = as_us(missed.last) if missed.count > 1 else None
        self.records.append(
            FireRecord(as_us(missed.first), FireOutcome.MISSED, why, until_us=until_us, count=missed.count)
        )

    def fire(self, due: datetime, late_because: FireWhy | None = None) -> None:
        if not self._schedule.may_fire(self.started):
            return
        decision = decide(Overlap(self._row.overlap), self._live)
        outcome, why = decision.outcome, None if self._live == 0 else FireWhy.OVERLAP
        if outcome is FireOutcome.RAN and late_because is not None:
            outcome, why = FireOutcome.LATE, late_because
        execution = self._execution(due, decision) if decision.starts else None
        if decision.starts:
            self._live += 1
            self.started += 1
            self.stops_live |= decision.stops_live
        self.records.append(FireRecord(as_us(due), outcome, why, decision.words, execution=execution))

    def _execution(self, due: datetime, decision: OverlapDecision) -> NewExecution:
        return NewExecution(
            platform_id=self._row.platform_id,
            job_id=self._row.job_id,
            version_id=self._row.version_id,
            trigger="schedule",
            due_us=as_us(due),
            not_before_us=as_us(self._now),
            alone=decision.waits,
            snapshot=self._snapshot,
        )


def _aware(until: datetime | str | None) -> datetime | None:
    """SQLite hands a datetime of a cursor out as text or naive, always in UTC."""
    if isinstance(until, str):
        until = datetime.fromisoformat(until)
    return until.replace(tzinfo=UTC) if until is not None and until.tzinfo is None else until
