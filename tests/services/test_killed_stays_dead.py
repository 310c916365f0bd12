"""Whoever kills an execution has the last word: no retry, no second placement, whatever its program answers."""

import pytest

from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, GivenBack, place, record
from capsulier.ledger.placing import place_next
from capsulier.ledger.stops import request_stop
from capsulier.services.run_job import run_job
from capsulier.services.stop_job import stop_job
from capsulier.store.models import Execution, Job
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FAR_US = 4_000_000_000_000_000


@pytest.fixture
def job() -> Job:
    return make_job(retries=5, retry_delay_s=0)


def running(job: Job) -> int:
    execution_id: int = run_job(make_actor(), job.id).id
    place([execution_id], engine="local", node="here", now_us=1)
    record([Begun(execution_id, 1, 2, {})], 2)
    return execution_id


def is_over(job: Job) -> bool:
    """Nothing of it will ever run again."""
    return not place_next(engine="local", node="here", now_us=FAR_US, most=10) and not Job.objects.get(id=job.id).live


@pytest.mark.parametrize("end", [Reason.EXIT, Reason.SIGNAL, Reason.TIMEOUT, Reason.LOST, Reason.OUT_OF_MEMORY])
@pytest.mark.parametrize("reason", [Reason.STOPPED, Reason.REPLACED])
def test_one_that_ran_is_not_retried_however_it_ends(job: Job, end: Reason, reason: Reason) -> None:
    execution_id = running(job)
    request_stop([execution_id], by="Ana", now_us=3, reason=reason)
    record([Ended(execution_id, end, 4, 1, exit_code=1)], 4)
    assert Execution.objects.get().state == "killed"
    assert is_over(job)


def test_one_that_its_engine_gives_back_is_not_placed_again(job: Job) -> None:
    execution_id: int = run_job(make_actor(), job.id).id
    place([execution_id], engine="local", node="here", now_us=1)
    stop_job(make_actor(), job.id)
    record([GivenBack(execution_id, 1)], 4)
    assert Execution.objects.get().state == "killed"
    assert is_over(job)


def test_a_retry_that_waits_is_killed_with_its_job_and_not_followed(job: Job) -> None:
    execution_id = running(job)
    record([Ended(execution_id, Reason.EXIT, 4, 1, exit_code=1)], 4)
    assert Execution.objects.filter(trigger="retry", state="queued").count() == 1
    stop_job(make_actor(), job.id)
    assert is_over(job)
    assert Execution.objects.count() == 2


def test_news_that_come_late_wake_nobody(job: Job) -> None:
    """A conductor that was away tells of a beginning and an end after somebody has killed it by force."""
    execution_id = running(job)
    request_stop([execution_id], by="Ana", now_us=3, force=True)
    record([Ended(execution_id, Reason.LOST, 4, 1)], 4)
    record([Begun(execution_id, 1, 5, {}), Ended(execution_id, Reason.EXIT, 6, 1, exit_code=1)], 6)
    record([GivenBack(execution_id, 1)], 7)
    assert Execution.objects.get().state == "killed"
    assert is_over(job)
