"""Moving what has just been run to when it would have run: a picture wants weeks, and nobody waits for them."""

import random
from datetime import UTC, datetime, timedelta

from django.db import connection

from capsulier.clock import as_us
from capsulier.core.fires import FireOutcome, FireWhy
from capsulier.core.schedule import last_fires
from capsulier.services.scheduling import schedule_draft
from capsulier.store.models import Change, Execution, Fire, Job, Schedule, Version

_SECOND_US = 1_000_000
_A_WHILE = timedelta(days=6, hours=2)
_LONG_AGO = timedelta(days=400)
_chance = random.Random(7)


def move_into_the_past(job: Job, usual_s: float, now: datetime) -> None:
    """Its executions begin at the last due instants of its schedule; without one, at times of a person."""
    schedule = Schedule.objects.filter(job=job).first()
    executions = list(job.executions.exclude(trigger="retry").order_by("number"))
    over = now - timedelta(seconds=usual_s * 1.4 + 60)
    due = _due(schedule, over, len(executions)) if schedule else _by_hand(over, len(executions))
    if executions and executions[-1].ended_us is None:
        due[-1] = now - timedelta(seconds=usual_s * 0.6)
    for execution, at in zip(executions, due, strict=True):
        _move(execution, at, usual_s, "schedule" if schedule else execution.trigger)
        if schedule:
            _note_fire(execution, as_us(at))
    ended = job.executions.exclude(ended_us=None).order_by("-number").first()
    if ended:
        Job.objects.filter(id=job.pk).update(last_outcome=ended.state, last_ended_us=ended.ended_us)
    _move_origins(job, due[0] if due else over)


def skip_some(job: Job, now: datetime, why: FireWhy, count: int, outcome: FireOutcome = FireOutcome.MISSED) -> None:
    """A stretch of due instants that started nothing."""
    first, last = as_us(now - timedelta(hours=7)), as_us(now - timedelta(hours=5))
    Fire.objects.filter(job=job, due_us__range=(first, last)).delete()
    Fire.objects.create(
        platform_id=job.platform_id,
        job=job,
        due_us=first,
        until_us=last if count > 1 else None,
        count=count,
        outcome=outcome,
        why=why,
        decided_us=last,
    )


def _due(schedule: Schedule, until: datetime, count: int) -> list[datetime]:
    draft = schedule_draft(schedule)
    assert draft is not None
    return last_fires(draft.parsed(), until - _LONG_AGO, until, count)


def _by_hand(until: datetime, count: int) -> list[datetime]:
    days = sorted((_chance.uniform(0.05, 3.0 * count) for _ in range(count)), reverse=True)
    return [until - timedelta(days=each) for each in days]


def _move(execution: Execution, at: datetime, usual_s: float, trigger: str) -> None:
    queued_us = as_us(at) + _chance.randrange(20_000, 90_000)
    started_us = queued_us + _chance.randrange(50_000, 900_000)
    lasts_s = usual_s * _chance.uniform(0.82, 1.25) * (_chance.uniform(0.2, 0.9) if execution.state != "success" else 1)
    execution.queued_us = execution.not_before_us = queued_us
    execution.pending_us = queued_us + 10_000
    if execution.started_us is not None:
        execution.started_us = started_us
    if execution.ended_us is not None:
        execution.ended_us = started_us + round(lasts_s * _SECOND_US)
    execution.trigger = trigger
    if trigger == "schedule":
        execution.due_us, execution.triggered_by = as_us(at), None
    execution.save()


def _note_fire(execution: Execution, due_us: int) -> None:
    Fire.objects.create(
        platform_id=execution.platform_id,
        job_id=execution.job_id,
        due_us=due_us,
        outcome=FireOutcome.RAN,
        execution=execution,
        decided_us=execution.queued_us,
    )


def open_the_trail() -> None:
    """The database lets nobody change the audit trail; here it is told of days that never were."""
    where = " ON change" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER change_stays{where}")


def _move_origins(job: Job, first: datetime) -> None:
    """The job is a day older than its first execution; each version and its change a little older than the first
    execution of it."""
    made = first - timedelta(days=1, hours=_chance.uniform(0, 5))
    Job.objects.filter(id=job.pk).update(created_at=made)
    for version in Version.objects.filter(job=job):
        ran_us = version.executions.order_by("number").values_list("queued_us", flat=True).first()
        at = made if version.number == 1 or ran_us is None else _instant(ran_us) - timedelta(hours=9, minutes=11)
        Version.objects.filter(id=version.pk).update(created_at=at)
        Change.objects.filter(job=job, after__version=version.number).update(at=at + timedelta(seconds=1))
        Change.objects.filter(job=job, verb="starred", after__version=version.number).update(at=at + _A_WHILE)
    Change.objects.filter(job=job, verb="created").update(at=made)


def _instant(us: int) -> datetime:
    return datetime.fromtimestamp(us / _SECOND_US, UTC)
