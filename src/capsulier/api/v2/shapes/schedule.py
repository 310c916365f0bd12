"""Schedules and fires on the wire."""

from datetime import datetime

from pydantic import Field

from capsulier.api.v2.shapes.shape import Instant, Shape, instant
from capsulier.clock import as_datetime
from capsulier.core.catch_up import CatchUp
from capsulier.core.fires import FireOutcome, FireWhy
from capsulier.core.schedule import PreviewedFire, in_words
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.scheduling import schedule_draft
from capsulier.services.why_fire import Why, fire_words
from capsulier.store.models import Fire, Schedule


class ScheduleOut(Shape):
    repeat: str | None
    """ISO 8601: `R5/2026-12-01T08:00:00/P1D`; null where it is a cron."""
    cron: str | None
    timezone: str
    until: Instant | None
    paused: bool
    started: int
    """Executions that it has started: what the number of times counts."""
    next_fire_at: Instant | None
    """Null while it is paused, and when it fires no more."""
    words: str
    """For a person: "Every day at 08:00, 5 times, from 1 December 2026, Europe/Paris"."""

    @classmethod
    def of(cls, row: Schedule) -> "ScheduleOut":
        draft = schedule_draft(row)
        return cls(
            repeat=row.repeat or None,
            cron=row.cron or None,
            timezone=row.timezone,
            until=row.until,
            paused=row.paused,
            started=row.started,
            next_fire_at=None if row.paused else instant(row.next_fire_us),
            words=in_words(draft.parsed()) if draft else "",
        )


class ScheduleIn(Shape):
    """Either `repeat` or `cron`."""

    repeat: str | None = Field(None, max_length=255, examples=["R5/2026-12-01T08:00:00/P1D"])
    """ISO 8601: how many times (`R` alone: for ever), the first run, the delay between runs."""
    cron: str | None = Field(None, max_length=255, examples=["0 8 * * 1-5"])
    """Five fields."""
    timezone: str = Field("UTC", examples=["Europe/Paris"])
    until: datetime | None = None
    """The last instant at which it may fire, with an offset."""
    paused: bool = False

    def draft(self) -> ScheduleDraft:
        return ScheduleDraft(
            repeat=self.repeat or "",
            cron=self.cron or "",
            timezone=self.timezone,
            until=self.until,
            paused=self.paused,
        )


class PreviewIn(ScheduleIn):
    count: int = Field(10, ge=1, le=100)
    """How many fires to show."""


class PreviewFire(Shape):
    at: Instant
    local: str
    """The same instant in the schedule's time zone, with its offset."""
    note: str | None
    """What a change of clocks does to it."""


class PreviewOut(Shape):
    words: str
    text: str
    """The schedule as it would be stored."""
    fires: list[PreviewFire]


def previewed(fire: PreviewedFire) -> PreviewFire:
    return PreviewFire(at=fire.at, local=fire.local.isoformat(), note=fire.note)


class Resume(Shape):
    catch_up: CatchUp | None = None
    """What to do with the instants that passed meanwhile; null: as the job says."""


class FireOut(Shape):
    id: int
    job_id: int
    due_at: Instant
    until_at: Instant | None
    """The last of `count` like instants that did not run."""
    count: int
    outcome: FireOutcome
    why: FireWhy | None
    words: str
    """One sentence: "Did not run, 12 times: the manager was down."."""
    execution_id: int | None
    execution_number: int | None
    decided_at: Instant

    @classmethod
    def of(cls, row: Fire) -> "FireOut":
        """`row` comes with its execution."""
        return cls(
            id=row.pk,
            job_id=row.job_id,
            due_at=as_datetime(row.due_us),
            until_at=instant(row.until_us),
            count=row.count,
            outcome=FireOutcome(row.outcome),
            why=FireWhy(row.why) if row.why else None,
            words=fire_words(row),
            execution_id=row.execution_id,
            execution_number=row.execution.number if row.execution else None,
            decided_at=as_datetime(row.decided_us),
        )


class WhyOut(Shape):
    """What became of a moment."""

    at: Instant
    words: str
    """The answer, its times in the zone of the schedule: "Due at 03:00 on 24 Nov 2026. Did not run: …"."""
    fire: FireOut | None
    """The record that answers; null where nothing was due, or nobody has decided yet."""
    before: FireOut | None
    after: FireOut | None

    @classmethod
    def of(cls, at: datetime, why: Why) -> "WhyOut":
        fire, before, after = (
            FireOut.of(row) if row else None for row in (why.fires.at, why.fires.before, why.fires.after)
        )
        return cls(at=at, words=why.words, fire=fire, before=before, after=after)
