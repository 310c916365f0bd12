"""Pausing a schedule on a page, and resuming it: the question about what was missed."""

from typing import Any

import pytest

from capsulier.clock import as_us
from capsulier.core.access import Role
from capsulier.services.drafts import ScheduleDraft, utc_now
from capsulier.services.pause_schedule import pause_schedule
from capsulier.store.models import Execution, Job, Schedule
from tests.builders import make_actor, make_job
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAILY = ScheduleDraft(repeat="R/2026-01-01T08:00:00/P1D")
DAY_US = 86_400_000_000


def paused_job(missed: int, **settings: Any) -> Job:
    """Paused so many runs ago."""
    job = make_job("nightly", schedule=DAILY, **settings)
    pause_schedule(make_actor(), job.pk)
    Schedule.objects.update(accounted_us=as_us(utc_now()) - missed * DAY_US)
    return job


def question(job: Job) -> Any:
    return client_of().get(f"/jobs/{job.pk}/resume")


def chosen(page: Any) -> list[str]:
    return [choice.value for choice in page.context["choices"] if choice.is_chosen]


def resume(job: Job, **answer: str) -> Any:
    return client_of().post(f"/jobs/{job.pk}/resume", answer, follow=True)


def test_pause_and_resume_stand_where_the_schedule_is() -> None:
    job = make_job(schedule=DAILY)
    assert f'action="/jobs/{job.pk}/pause"' in client_of().get(f"/jobs/{job.pk}").content.decode()
    words = text_of(client_of().post(f"/jobs/{job.pk}/pause", follow=True))
    assert f"The schedule of “{job.name}” is paused." in words
    assert "The schedule is paused Every day at 08:00" in words
    assert f'href="/jobs/{job.pk}/resume"' in client_of().get(f"/jobs/{job.pk}").content.decode()


@pytest.mark.parametrize("policy", ["latest", "none", "all"])
def test_the_job_s_own_policy_is_the_answer_that_is_chosen_already(policy: str) -> None:
    page = question(paused_job(3, catch_up=policy))
    assert "3 runs were missed while it was paused" in text_of(page)
    assert chosen(page) == [policy]


def test_of_one_missed_run_two_answers_are_left() -> None:
    page = question(paused_job(1, catch_up="all"))
    assert [choice.label for choice in page.context["choices"]] == ["Make up for it", "Leave it out"]
    assert chosen(page) == ["latest"]


def test_where_nothing_was_missed_nothing_is_asked_but_whether() -> None:
    page = question(paused_job(0))
    assert "No run was missed while it was paused." in text_of(page)
    assert page.context["choices"] == []


def test_more_than_can_be_made_up_for_is_said() -> None:
    page = question(paused_job(150))
    assert "Make up for the latest 100" in text_of(page)


@pytest.mark.parametrize(("answer", "executions"), [("latest", 1), ("none", 0), ("all", 3)])
def test_the_answer_is_done(answer: str, executions: int) -> None:
    job = paused_job(3)
    assert "The schedule of “nightly” goes on." in text_of(resume(job, missed=answer))
    assert Execution.objects.filter(job=job, trigger="schedule").count() == executions
    assert not Schedule.objects.get().paused


def test_an_answer_that_there_is_not_changes_nothing() -> None:
    answer = resume(paused_job(3), missed="some")
    assert answer.status_code == 422
    assert "Missed runs are treated as none, latest, all, not “some”." in text_of(answer)
    assert Schedule.objects.get().paused


def test_resuming_what_another_has_resumed_is_told() -> None:
    job = make_job("going", schedule=DAILY)
    assert "The schedule of “going” is not paused." in text_of(question(job))


def test_who_may_only_look_can_do_neither() -> None:
    job = paused_job(1)
    viewer = client_of(Role.VIEWER)
    assert viewer.get(f"/jobs/{job.pk}/resume").status_code == 403
    assert viewer.post(f"/jobs/{job.pk}/pause").status_code == 403
    assert "Resume" not in text_of(viewer.get(f"/jobs/{job.pk}"))


def test_the_settings_keep_a_paused_schedule_paused() -> None:
    job = paused_job(1)
    page = client_of().get(f"/jobs/{job.pk}/settings")
    assert "The schedule is paused, and stays so when this is saved." in text_of(page)
    assert '<input type="hidden" name="paused" value="on">' in page.content.decode()
