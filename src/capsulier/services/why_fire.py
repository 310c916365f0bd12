"""Why did a job run, or not, at a moment of the past."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from capsulier.clock import as_datetime, as_us
from capsulier.core.errors import CapsulierError
from capsulier.core.fires import FireOutcome, FireWhy, in_words
from capsulier.core.schedule import next_fire
from capsulier.core.why import Around, Recorded, answer, stretch_of
from capsulier.ledger.waiting import led_until_us
from capsulier.services.due_fires import read_schedule
from capsulier.store.models import Fire, Job, Schedule
from capsulier.store.reads.fires import FiresAround, read_around

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Why:
    words: str
    fires: FiresAround


def fire_words(fire: Fire) -> str:
    """The sentence of a record, which comes with its execution."""
    return in_words(
        FireOutcome(fire.outcome),
        FireWhy(fire.why) if fire.why in set(FireWhy) else None,
        execution=fire.execution.number if fire.execution else None,
        late_s=(fire.decided_us - fire.due_us) / 1_000_000,
        count=fire.count,
        detail=fire.detail,
    )


def zone_of(schedule: Schedule | None) -> ZoneInfo:
    """In which a job's instants are told; UTC where it has no schedule or nobody knows its zone any more."""
    try:
        return ZoneInfo(schedule.timezone if schedule else "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def why_at(job: Job, at: datetime) -> Why:
    """What became of the instant that is meant, in words, in the zone of the job's schedule."""
    schedule = Schedule.objects.filter(job=job).first()
    zone, now = zone_of(schedule), datetime.now(UTC)
    at = at.astimezone(zone)
    begin, end = stretch_of(at)
    found = read_around(job.pk, as_us(begin), as_us(end))
    due = _undecided(schedule, begin, end)
    words = answer(
        at,
        Around(*(_recorded(each, zone) for each in (found.at, found.before, found.after))),
        due=due.astimezone(zone) if due else None,
        now=now,
        is_led=led_until_us() >= as_us(now),
    )
    return Why(words, found)


def _recorded(fire: Fire | None, zone: ZoneInfo) -> Recorded | None:
    if fire is None:
        return None
    until = as_datetime(fire.until_us).astimezone(zone) if fire.until_us else None
    return Recorded(as_datetime(fire.due_us).astimezone(zone), fire_words(fire), until, fire.count)


def _undecided(schedule: Schedule | None, begin: datetime, end: datetime) -> datetime | None:
    """The first instant of the schedule in this stretch that has no record yet, whether it has come or not."""
    if schedule is None or schedule.next_fire_us is None:
        return None
    try:
        parsed = read_schedule(schedule.repeat, schedule.cron, schedule.timezone, schedule.until)
    except CapsulierError:
        return None
    due = next_fire(parsed, max(begin, as_datetime(schedule.next_fire_us)) - _TICK)
    return due if due is not None and due < end else None
