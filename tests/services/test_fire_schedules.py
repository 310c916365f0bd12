"""Firing what is due: each instant once, and nobody's trouble is another's."""

from datetime import UTC, datetime, timedelta

import pytest

from capsulier.clock import as_us
from capsulier.ledger.lease import take_lease
from capsulier.ledger.moves import Begun, place, record
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.fire_schedules import fire_schedules
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import resume_schedule
from capsulier.services.run_job import run_job
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE_US = 60_000_000
EACH_MINUTE = ScheduleDraft(cron="* * * * *")


def make_due(name: str = "nightly") -> Job:
    """One that is due at noon."""
    job = make_job(name, schedule=EACH_MINUTE)
    Schedule.objects.filter(job=job).update(accounted_us=as_us(NOON) - MINUTE_US, next_fire_us=as_us(NOON))
    return job


def fire(at: datetime) -> None:
    fire_schedules(take_lease("us", now_us=as_us(at), ttl_us=MINUTE_US) or 0, at)


def test_an_instant_that_has_its_record_is_not_fired_again() -> None:
    """The clock was set back, or is not that of whoever edited the schedule."""
    job = make_due()
    fire(NOON)
    Schedule.objects.update(accounted_us=as_us(NOON) - 1, next_fire_us=as_us(NOON))
    fire(NOON + timedelta(seconds=1))
    assert Fire.objects.get().due_us == as_us(NOON)
    assert Execution.objects.filter(job=job).count() == 1
    fire(NOON + timedelta(minutes=1))
    assert Execution.objects.filter(job=job).count() == 2


def test_a_schedule_that_cannot_be_worked_out_fires_no_more_and_holds_no_other_up() -> None:
    broken, fine = make_due("broken"), make_due("fine")
    Job.objects.filter(id=broken.id).update(catch_up="of tomorrow")
    fire(NOON)
    assert Execution.objects.get().job_id == fine.id
    refused = Fire.objects.get(job=broken)
    assert (refused.due_us, refused.outcome) == (as_us(NOON), "skipped")
    assert "log says more" in refused.detail
    assert Schedule.objects.get(job=broken).next_fire_us is None


@pytest.mark.parametrize("resumed", [False, True], ids=["on time", "resumed"])
def test_what_a_fire_replaces_is_stopped(resumed: bool) -> None:
    job = make_job(schedule=EACH_MINUTE, overlap="replace", catch_up="latest")
    execution = run_job(make_actor(), job.id)
    place([execution.id], engine="local", node="here", now_us=2)
    record([Begun(execution.id, 1, 3, {})], now_us=3)
    if resumed:
        pause_schedule(make_actor(), job.id)
    Schedule.objects.update(accounted_us=as_us(NOON) - MINUTE_US, next_fire_us=as_us(NOON))
    if resumed:
        Schedule.objects.update(accounted_us=as_us(datetime.now(UTC)) - 2 * MINUTE_US)
        resume_schedule(make_actor(), job.id)
    else:
        fire(NOON)
    outcomes = Fire.objects.exclude(outcome="missed").values_list("outcome", flat=True)
    assert set(outcomes) == {"replaced"}  # one or two: the clock may have just struck
    execution.refresh_from_db()
    assert (execution.state, execution.stop_reason) == ("running", "replaced")
