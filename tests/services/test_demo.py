"""An installation to look at, and one to measure with."""

import pytest
from django.db.models import Count, Max

from capsulier.core.fires import FireOutcome
from capsulier.core.states import State
from capsulier.services.invent_past import NotEmpty, invent_past
from capsulier.services.make_demo import make_demo
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_demonstration_has_jobs_that_run() -> None:
    make_platform()
    jobs = make_demo()
    assert len(jobs) == Job.objects.count() == 4
    assert Execution.objects.filter(state=State.QUEUED).count() == 3


def test_an_invented_past_is_one_that_the_ledger_could_have_written() -> None:
    make_platform()
    invent_past(jobs=30, executions=1000, schedules=10)
    assert (Job.objects.count(), Execution.objects.count(), Schedule.objects.count()) == (30, 1000, 10)
    assert Execution.objects.values("job").distinct().count() == 30
    for job in Job.objects.annotate(n=Count("executions"), last=Max("executions__id")):
        own = Execution.objects.filter(job=job).order_by("number")
        assert [each.number for each in own] == list(range(1, job.n + 1))
        assert [each.id for each in own] == sorted(each.id for each in own)
        assert job.execution_counter == job.n == job.successes + job.failures + job.kills
        assert job.last_execution_id == job.last
        assert job.last_outcome == own.last().state  # type: ignore[union-attr]
        assert {each.version_id for each in own} == {job.current_version_id}
    scheduled = Execution.objects.filter(trigger="schedule")
    assert Fire.objects.filter(outcome=FireOutcome.RAN).count() == scheduled.count() > 500


def test_neither_is_made_where_there_are_jobs_already() -> None:
    job = make_job()
    for make in (make_demo, lambda: invent_past(jobs=3, executions=10, schedules=1)):
        with pytest.raises(NotEmpty, match="empty one only"):
            make()
    assert list(Job.objects.all()) == [job]
