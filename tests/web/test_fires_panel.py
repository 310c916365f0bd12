"""The fires of a job: all of them, and why at a given moment."""

from datetime import UTC, datetime, timedelta

import pytest

from capsulier.clock import as_us, now_us
from capsulier.core.access import Role
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.edit_job import edit_job
from capsulier.store.models import Fire, Job, Schedule
from tests.builders import make_actor, make_job, make_leader
from tests.web.past import past_execution
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

THREE = datetime(2026, 3, 2, 3, tzinfo=UTC)


def make_scheduled() -> Job:
    return make_job("nightly", schedule=ScheduleDraft(cron="0 4 * * *", timezone="Europe/Paris"))


def note(job: Job, due: datetime, outcome: str = "missed", why: str = "down", **facts: object) -> Fire:
    return Fire.objects.create(
        job=job, platform_id=job.platform_id, due_us=as_us(due), outcome=outcome, why=why, decided_us=now_us(), **facts
    )


def page(job: Job, query: str = "") -> str:
    return text_of(client_of(Role.VIEWER).get(f"/jobs/{job.pk}/fires{query}"))


def test_all_are_listed_in_the_zone_of_the_schedule() -> None:
    job = make_scheduled()
    execution = past_execution(job)
    note(job, THREE, "ran", "", execution=execution)
    note(job, THREE + timedelta(days=1), count=3, until_us=as_us(THREE + timedelta(days=3)))
    shown = page(job)
    assert "Did not run, 3 times: the manager was down. 3 Mar 2026, 04:00 to 5 Mar 2026, 04:00" in shown
    assert "Ran as execution 1. 2 Mar 2026, 04:00" in shown
    assert "Ran as" not in page(job, "?ran=not")
    assert "Did not run," not in page(job, "?ran=ran&part")


def test_the_answer_for_a_moment_stands_above_what_was_due_until_then() -> None:
    job = make_scheduled()
    for day in range(3):
        note(job, THREE + timedelta(days=day))
    shown = page(job, "?at=2026-03-03T04:00")
    assert "Due at 04:00 on 3 Mar 2026. Did not run: the manager was down." in shown
    assert "3 Mar 2026, 04:00" in shown
    assert "4 Mar 2026, 04:00" not in shown
    assert "Nothing was due at 05:00 on 3 Mar 2026. Before that, at 04:00: did not run" in page(
        job, "?at=2026-03-03T05:00"
    )


def test_where_nobody_decides_that_is_the_answer() -> None:
    job = make_scheduled()
    due = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    Schedule.objects.update(cron="0 * * * *", timezone="UTC", next_fire_us=as_us(due))
    query = f"?at={due:%Y-%m-%dT%H:%M}"
    assert "and not decided yet: no conductor is running." in page(job, query)
    make_leader()
    assert "and not decided yet." in page(job, query)


@pytest.mark.parametrize("at", ["soon", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-01T00:00"])
def test_what_is_no_time_is_said_at_the_field(at: str) -> None:
    assert "Give a day and a time" in page(make_scheduled(), f"?at={at}")


def test_the_panel_is_there_for_jobs_that_have_or_had_something_due() -> None:
    assert " Fires " not in text_of(client_of().get(f"/jobs/{make_job().pk}"))
    job = make_scheduled()
    assert " Fires " in text_of(client_of().get(f"/jobs/{job.pk}"))
    note(job, THREE)
    edit_job(make_actor(), job.pk, schedule=None)
    assert " Fires " in text_of(client_of().get(f"/jobs/{job.pk}"))


def test_it_is_for_members_only() -> None:
    address = f"/jobs/{make_scheduled().pk}/fires"
    assert anybody().get(address).status_code == 302
    assert client_of(None).get(address).status_code == 404
