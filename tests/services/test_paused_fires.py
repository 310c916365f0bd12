"""The instants of a pause are on record while it lasts, and decided when it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from capsulier.clock import as_us
from capsulier.core.catch_up import CatchUp
from capsulier.ledger.lease import take_lease
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.fire_schedules import fire_schedules
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import resume_schedule
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOUR = timedelta(hours=1)
HOURLY = ScheduleDraft(cron="0 * * * *")


@pytest.fixture
def top() -> datetime:
    """The last full hour."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def paused_since(at: datetime, **settings: Any) -> Job:
    """A job whose hourly schedule was paused right after it had fired at that hour."""
    job = make_job(schedule=HOURLY, **settings)
    pause_schedule(make_actor(), job.id)
    rewind(job, at)
    return job


def rewind(job: Job, at: datetime) -> None:
    Schedule.objects.filter(job=job).update(accounted_us=as_us(at), next_fire_us=as_us(at + HOUR))


def look(at: datetime) -> None:
    fire_schedules(take_lease("us", now_us=as_us(at), ttl_us=60_000_000) or 0, at)


def told() -> list[tuple[int, int | None, int, str, str]]:
    return list(Fire.objects.order_by("due_us").values_list("due_us", "until_us", "count", "outcome", "why"))


def test_each_instant_is_on_record_from_the_moment_it_was_due_in_one_row(top: datetime) -> None:
    paused_since(top - 5 * HOUR)
    look(top - 4 * HOUR)
    first = as_us(top - 4 * HOUR)
    assert told() == [(first, None, 1, "missed", "paused")]
    look(top - 3 * HOUR)
    assert told() == [(first, as_us(top - 3 * HOUR), 2, "missed", "paused")]
    look(top)  # nobody looked for a while
    look(top)
    assert told() == [(first, as_us(top), 5, "missed", "paused")]
    assert Schedule.objects.get().next_fire_us == as_us(top + HOUR)
    assert Job.objects.get().next_fire_us is None, "it waits for nothing while it is paused"
    assert not Execution.objects.exists()


@pytest.mark.parametrize("has_looked", [True, False], ids=["noted", "nobody was there"])
@pytest.mark.parametrize(
    ("policy", "missed", "late"), [(CatchUp.NONE, 5, 0), (CatchUp.LATEST, 4, 1), (CatchUp.ALL, 0, 5)]
)
def test_resuming_decides_about_all_of_it_once(
    top: datetime, policy: CatchUp, missed: int, late: int, has_looked: bool
) -> None:
    job = paused_since(top - 5 * HOUR, overlap="parallel")
    if has_looked:
        look(top)
    resume_schedule(make_actor(), job.id, policy=policy)
    fires = list(Fire.objects.order_by("due_us"))
    assert sum(each.count for each in fires) == 5, "each instant once"
    assert sum(each.count for each in fires if each.outcome == "missed") == missed
    started = [each for each in fires if each.execution_id is not None]
    assert (len(started), Execution.objects.count()) == (late, late)
    assert {each.why for each in fires if each.outcome != "ran"} <= {"paused", "overlap"}
    look(top + HOUR)
    assert Fire.objects.count() == len(fires) + 1, "and goes on"


def test_a_pause_after_a_pause_has_a_row_of_its_own(top: datetime) -> None:
    job = paused_since(top - 3 * HOUR)
    resume_schedule(make_actor(), job.id, policy=CatchUp.NONE)
    pause_schedule(make_actor(), job.id)
    rewind(job, top)
    look(top + HOUR)
    assert [count for _, _, count, _, _ in told()] == [3, 1]


def test_what_was_due_while_nobody_fired_is_not_laid_to_a_pause_that_came_later(top: datetime) -> None:
    job = make_job(schedule=HOURLY)
    rewind(job, top - 3 * HOUR)
    pause_schedule(make_actor(), job.id)
    missed = Fire.objects.exclude(outcome="ran").get()  # just after a full hour the last one simply runs
    assert (missed.due_us, missed.why) == (as_us(top - 2 * HOUR), "down")
    assert not Execution.objects.exclude(due_us=as_us(top)).exists()


@pytest.mark.parametrize("schedule", [None, ScheduleDraft(cron="30 1 * * *")], ids=["taken away", "another"])
@pytest.mark.parametrize("is_paused", [True, False], ids=["paused", "manager down"])
def test_a_schedule_that_is_changed_leaves_a_record_of_what_it_was_due_at(
    top: datetime, schedule: ScheduleDraft | None, is_paused: bool
) -> None:
    job = make_job(schedule=HOURLY)
    if is_paused:
        pause_schedule(make_actor(), job.id)
    rewind(job, top - 3 * HOUR)
    edit_job(make_actor(), job.id, schedule=schedule)
    fires = list(Fire.objects.all())
    assert sum(each.count for each in fires) == 3
    assert {each.why for each in fires if each.outcome == "missed"} == {"paused" if is_paused else "down"}


def test_a_paused_schedule_that_nobody_can_read_any_more_holds_no_other_up(top: datetime) -> None:
    broken = paused_since(top - 2 * HOUR)
    fine = paused_since(top - 2 * HOUR)
    look(top - HOUR)
    Schedule.objects.filter(job=broken).update(timezone="Atlantis/Central")
    look(top)
    assert Fire.objects.get(job=fine).count == 2
    outcomes = Fire.objects.filter(job=broken).order_by("due_us").values_list("outcome", "why")
    assert list(outcomes) == [("missed", "paused"), ("skipped", "")]
