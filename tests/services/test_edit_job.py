"""Changing what is not part of a version: all of it or nothing, and never over somebody else's change."""

import pytest
from django.db.models import F

from capsulier.core.errors import Invalid, InvalidFields, NameTaken, Stale
from capsulier.core.states import Status
from capsulier.services.drafts import ScheduleDraft, utc_now
from capsulier.services.edit_job import edit_job
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import resume_schedule
from capsulier.store.models import Change, Fire, Job, Schedule
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAILY = ScheduleDraft(repeat="R/2020-01-01T08:00:00/P1D")
HOUR_US = 3_600_000_000


def test_what_is_given_changes_and_the_rest_stays() -> None:
    job = make_job(description="old", retries=3)
    edited = edit_job(make_actor(), job.id, name="New name", settings={"description": "new"})
    assert (edited.name, edited.description, edited.retries, edited.revision) == (
        "New name",
        "new",
        3,
        job.revision + 1,
    )
    change = Change.objects.filter(job=job).latest("id")
    assert (change.verb, change.before["description"], change.after) == (
        "edited",
        "old",
        {"name": "New name", "description": "new"},
    )


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    job = make_job(description="as it is", schedule=DAILY)
    changes = Change.objects.count()
    edited = edit_job(make_actor(), job.id, name=job.name, settings={"description": "as it is"}, schedule=DAILY)
    assert edited.revision == job.revision
    assert Change.objects.count() == changes


def test_somebody_who_was_faster_is_not_overwritten() -> None:
    job = make_job()
    edit_job(make_actor(), job.id, settings={"description": "first"}, revision=job.revision)
    with pytest.raises(Stale):
        edit_job(make_actor(), job.id, settings={"description": "second"}, revision=job.revision)
    job.refresh_from_db()
    assert job.description == "first"


def test_a_refused_edit_changes_nothing() -> None:
    make_job("taken")
    job = make_job(schedule=DAILY)
    with pytest.raises(NameTaken):
        edit_job(make_actor(), job.id, name="TAKEN", settings={"description": "new"}, schedule=None)
    with pytest.raises(InvalidFields):
        edit_job(make_actor(), job.id, settings={"retries": -1, "overlap": "perhaps"}, schedule=None)
    job.refresh_from_db()
    assert (job.description, job.next_fire_us is None) == ("", False)


def test_a_job_may_change_the_case_of_its_own_name() -> None:
    job = make_job("nightly")
    assert edit_job(make_actor(), job.id, name="Nightly").name == "Nightly"


def test_a_schedule_comes_and_goes() -> None:
    job = make_job()
    assert edit_job(make_actor(), job.id, schedule=DAILY).status is Status.WAITING
    gone = edit_job(make_actor(), job.id, schedule=None)
    assert (gone.status, gone.next_fire_us) == (Status.NEVER, None)
    assert not Schedule.objects.exists()


def test_a_new_schedule_counts_its_starts_anew_and_the_same_one_goes_on() -> None:
    job = make_job(schedule=DAILY)
    Schedule.objects.update(started=3)
    edit_job(make_actor(), job.id, settings={"description": "x"}, schedule=DAILY)
    assert Schedule.objects.get().started == 3
    edit_job(make_actor(), job.id, schedule=ScheduleDraft(repeat="R/2020-01-01T09:00:00/P1D"))
    assert Schedule.objects.get().started == 0


def test_a_schedule_that_has_run_its_course_does_not_hinder_an_edit() -> None:
    over = ScheduleDraft(repeat="R2/2020-01-01T08:00:00/P1D")
    job = make_job(schedule=over)
    Schedule.objects.update(started=2, next_fire_us=None)
    assert edit_job(make_actor(), job.id, settings={"description": "x"}, schedule=over).description == "x"


def test_pausing_takes_the_next_fire_away_and_resuming_brings_it_back() -> None:
    job = make_job(schedule=DAILY)
    paused = pause_schedule(make_actor(), job.id)
    assert (paused.status, paused.next_fire_us) == (Status.NEVER, None)
    assert pause_schedule(make_actor(), job.id).revision == paused.revision
    resumed = resume_schedule(make_actor(), job.id)
    assert resumed.status is Status.WAITING
    assert resume_schedule(make_actor(), job.id).revision == resumed.revision


@pytest.mark.parametrize(("policy", "queued"), [("none", 0), ("latest", 1), ("all", 6)])
def test_what_passed_during_a_pause_is_caught_up_with_as_the_job_says(policy: str, queued: int) -> None:
    half_an_hour_away = ScheduleDraft(cron=f"{(utc_now().minute + 30) % 60} * * * *")
    job = make_job(schedule=half_an_hour_away, catch_up=policy, overlap="parallel")
    pause_schedule(make_actor(), job.id)
    Schedule.objects.update(
        accounted_us=F("next_fire_us") - 6 * HOUR_US - 1, next_fire_us=F("next_fire_us") - 6 * HOUR_US
    )
    resumed = resume_schedule(make_actor(), job.id)
    assert resumed.queued == queued
    assert sum(fire.count for fire in Fire.objects.filter(job=job)) == 6


def test_there_must_be_a_schedule_to_pause() -> None:
    with pytest.raises(Invalid):
        pause_schedule(make_actor(), make_job().id)


def test_pausing_through_an_edit_is_the_same() -> None:
    job = make_job(schedule=DAILY)
    edited = edit_job(
        make_actor(), job.id, schedule=ScheduleDraft(repeat=DAILY.repeat, paused=True), revision=job.revision
    )
    assert edited.next_fire_us is None
    assert Schedule.objects.get().paused
    assert Job.objects.get().revision == job.revision + 1
