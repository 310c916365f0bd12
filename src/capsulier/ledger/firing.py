"""The fires: every due instant of every schedule, written before it is acted on, unique by (job, instant)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from capsulier.core.fires import FireOutcome, FireWhy, in_words
from capsulier.core.reasons import Reason
from capsulier.ledger import statements
from capsulier.ledger.occasions import Happened, note
from capsulier.ledger.queueing import NewExecution, Queued, queue
from capsulier.ledger.stops import replaceable_executions, request_stop


@dataclass(frozen=True, slots=True)
class FireRecord:
    """A due instant, or a stretch of `count` like ones, and what became of it."""

    due_us: int
    outcome: FireOutcome
    why: FireWhy | None = None
    detail: str = ""
    until_us: int | None = None
    count: int = 1
    execution: NewExecution | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """What one schedule did: its fires, and from where it goes on."""

    schedule_id: int
    job_id: int
    platform_id: int
    fires: tuple[FireRecord, ...]
    accounted_us: int
    next_fire_us: int | None
    stops_live: bool = False
    """The live executions of the job are stopped first (overlap: replace)."""
    has_listeners: bool = False
    """Somebody may want to hear of what did not start."""
    ends_pause: bool = False
    """These fires stand in place of what was noted while it was paused."""


@dataclass(frozen=True, slots=True)
class PassedBy:
    """Instants that nobody fired."""

    first_us: int
    last_us: int
    count: int


@dataclass(frozen=True, slots=True)
class Pause:
    """What a paused schedule let pass since somebody last looked, and when it would be due next."""

    schedule_id: int
    job_id: int
    platform_id: int
    accounted_us: int
    missed: PassedBy | None
    next_fire_us: int | None


def due_schedules(now_us: int, limit: int = 1000) -> list[Any]:
    """Schedules with an instant due by now, paused ones too; their jobs, and what they may replace, are locked until
    the end of the caller's transaction."""
    statements.run("lock_to_replace", now_us=now_us)
    return statements.run("due_schedules", now_us=now_us, limit=limit)


def lock_schedule(job_id: int, now_us: int) -> Any | None:
    """The schedule of a job as `due_schedules` gives it, locked likewise."""
    rows = statements.run("lock_schedule", job_id=job_id, now_us=now_us)
    return rows[0] if rows else None


def next_due_us() -> int | None:
    """When the first schedule of all is due next."""
    rows = statements.run("next_due")
    return rows[0].at_us if rows else None


@transaction.atomic(savepoint=False)
def advance(advances: Sequence[Advance], now_us: int) -> list[Queued]:
    """Write the fires of these schedules, queue their executions, and set from where they go on: all or nothing."""
    for each in advances:
        if each.stops_live:
            live = replaceable_executions(each.job_id)
            request_stop(live, by="a later execution", now_us=now_us, reason=Reason.REPLACED)
    if resumed := [{"id": each.schedule_id} for each in advances if each.ends_pause]:
        statements.run("drop_noted_pauses", resumed)
    records = [(each, record) for each in advances for record in each.fires]
    queued = queue([record.execution for _, record in records if record.execution is not None], now_us)
    ids = iter(queued)
    _insert_fires([(each, record, next(ids).id if record.execution else None) for each, record in records], now_us)
    note([_not_started(each, record) for each, record in records if _is_news(each, record)], now_us)
    statements.run(
        "advance_schedules",
        [
            {
                "id": each.schedule_id,
                "accounted_us": each.accounted_us,
                "next_fire_us": each.next_fire_us,
                "started": sum(record.execution is not None for record in each.fires),
            }
            for each in advances
        ],
    )
    show_next_fires({each.job_id: each.next_fire_us for each in advances}, now_us)
    return queued


def _is_news(advance: Advance, record: FireRecord) -> bool:
    return advance.has_listeners and record.execution is None and record.why is not FireWhy.PAUSED


def _not_started(advance: Advance, record: FireRecord) -> Happened:
    words = in_words(record.outcome, record.why, count=record.count, detail=record.detail)
    return Happened("missed", advance.job_id, due_us=record.due_us, count=record.count, words=words)


@transaction.atomic(savepoint=False)
def note_pauses(pauses: Sequence[Pause], now_us: int) -> None:
    """Write down what passed. It joins the record of the same pause; resuming the schedule decides about all of it."""
    if not pauses:
        return
    passed = [(each, each.missed) for each in pauses if each.missed]
    noted = statements.run(
        "note_pauses",
        [
            {
                "job_id": each.job_id,
                "accounted_us": each.accounted_us,
                "until_us": missed.last_us,
                "count": missed.count,
            }
            for each, missed in passed
        ],
        now_us=now_us,
    )
    growing = {row.job_id for row in noted}
    _insert_fires(
        [
            (
                each,
                FireRecord(
                    missed.first_us,
                    FireOutcome.MISSED,
                    FireWhy.PAUSED,
                    until_us=missed.last_us if missed.count > 1 else None,
                    count=missed.count,
                ),
                None,
            )
            for each, missed in passed
            if each.job_id not in growing
        ],
        now_us,
    )
    statements.run("move_paused", [{"id": each.schedule_id, "next_fire_us": each.next_fire_us} for each in pauses])


def _insert_fires(fires: Sequence[tuple[Advance | Pause, FireRecord, int | None]], now_us: int) -> None:
    """Each with the schedule that it is of, and the id of its execution."""
    if fires:
        rows = [
            {
                "platform_id": of.platform_id,
                "job_id": of.job_id,
                "due_us": record.due_us,
                "until_us": record.until_us,
                "count": record.count,
                "outcome": record.outcome,
                "why": record.why or "",
                "detail": record.detail,
                "execution_id": execution_id,
            }
            for of, record, execution_id in fires
        ]
        statements.run("insert_fires", rows, now_us=now_us)


def show_next_fires(next_fires: dict[int, int | None], now_us: int) -> None:
    """Set what the jobs' rows say of their next fire, by job id."""
    statements.run(
        "show_next_fires",
        [{"job_id": job_id, "next_fire_us": at_us} for job_id, at_us in sorted(next_fires.items())],
        now_us=now_us,
    )
