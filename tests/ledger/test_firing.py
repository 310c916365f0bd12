"""Fires: written before they are acted on, once for each due instant, together with their executions."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import IntegrityError, transaction

from capsulier.clock import as_us
from capsulier.ledger.firing import Advance, FireRecord, advance, due_schedules, next_due_us
from capsulier.services.drafts import ScheduleDraft, utc_now
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_job, new_execution
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOURLY = ScheduleDraft(repeat="R/2020-01-01T00:00:00/PT1H")
HOUR_US = 3_600_000_000


def scheduled(name: str, **changes: object) -> tuple[Job, Schedule]:
    job = make_job(name, schedule=HOURLY)
    Schedule.objects.filter(job=job).update(**changes)
    return job, Schedule.objects.get(job=job)


def advanced(schedule: Schedule, *fires: FireRecord, next_us: int | None = 5) -> Advance:
    return Advance(schedule.pk, schedule.job_id, schedule.job.platform_id, fires, accounted_us=4, next_fire_us=next_us)


def test_due_are_those_whose_instant_has_come() -> None:
    due, _ = scheduled("due", next_fire_us=100)
    scheduled("later", next_fire_us=101)
    paused, _ = scheduled("paused", next_fire_us=100, paused=True)
    scheduled("over", next_fire_us=None)
    deleted, _ = scheduled("deleted", next_fire_us=100)
    Job.objects.filter(id=deleted.id).update(deleted_at=utc_now())
    with transaction.atomic():
        row, other = due_schedules(100)
    assert (other.job_id, other.paused) == (paused.id, True), "what passes is noted"
    assert (row.job_id, row.repeat, row.live, row.version_id) == (due.id, HOURLY.repeat, 0, due.current_version_id)
    assert (row.started, row.paused, row.timezone, row.until) == (0, False, "UTC", None)
    assert next_due_us() == 100


def test_a_fire_and_its_execution_are_one() -> None:
    job, schedule = scheduled("job")
    start = new_execution(job, trigger="schedule", due_us=3)
    [queued] = advance(
        [
            advanced(
                schedule,
                FireRecord(1, "missed", "down", until_us=2, count=2),
                FireRecord(3, "ran", execution=start),
            )
        ],
        now_us=7,
    )
    fires = Fire.objects.order_by("due_us").values_list("due_us", "until_us", "count", "outcome", "why", "execution_id")
    assert list(fires) == [(1, 2, 2, "missed", "down", None), (3, None, 1, "ran", "", queued.id)]
    schedule.refresh_from_db()
    assert (schedule.started, schedule.accounted_us, schedule.next_fire_us) == (1, 4, 5)
    job.refresh_from_db()
    assert (job.queued, job.next_fire_us) == (1, 5)


def test_an_instant_fires_once_whoever_comes_second_writes_nothing() -> None:
    job, schedule = scheduled("job")
    once = advanced(schedule, FireRecord(3, "ran", execution=new_execution(job)))
    advance([once], now_us=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        advance([once], now_us=8)
    assert Execution.objects.filter(job=job).count() == 1
    job.refresh_from_db()
    assert (job.queued, job.execution_counter) == (1, 1)


def test_a_schedule_that_is_over_leaves_no_next_fire_on_its_job() -> None:
    job, schedule = scheduled("job")
    assert job.next_fire_us is not None
    advance([advanced(schedule, next_us=None)], now_us=7)
    job.refresh_from_db()
    assert job.next_fire_us is None


def test_many_schedules_in_one_batch_each_get_their_own_execution() -> None:
    made = [scheduled(f"job {n}") for n in range(20)]
    queued = advance(
        [advanced(schedule, FireRecord(3, "ran", execution=new_execution(job))) for job, schedule in made], now_us=7
    )
    assert [each.job_id for each in queued] == [job.id for job, _ in made]
    assert {fire.job_id: fire.execution_id for fire in Fire.objects.all()} == {each.job_id: each.id for each in queued}


def test_the_first_fire_of_a_new_schedule_comes_after_now() -> None:
    _, schedule = scheduled("job")
    now_us = as_us(utc_now())
    assert schedule.next_fire_us is not None
    assert now_us - 1_000_000 < schedule.next_fire_us <= now_us + HOUR_US


@pytest.mark.django_db(transaction=True)
def test_a_schedule_that_is_paused_while_we_wait_for_its_job_is_seen_as_paused() -> None:
    job, _ = scheduled("job", next_fire_us=100)
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            Job.objects.select_for_update().get(id=job.id)
            due = thread.submit(in_own_connection, transaction.atomic(lambda: due_schedules(100)))
            assert not wait([due], timeout=0.3).done
            Schedule.objects.update(paused=True)
        assert [row.paused for row in due.result(10)] == [True]
