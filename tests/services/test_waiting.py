"""Why executions wait, from the facts in the ledger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capsulier.clock import now_us
from capsulier.core.waiting import Cause
from capsulier.ledger.moves import place
from capsulier.ledger.queueing import queue
from capsulier.services.waiting import waits_of, waits_of_jobs
from capsulier.store.models import Execution, Job, Lease
from tests.builders import make_job, make_leader, make_platform, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

S = 1_000_000


@pytest.fixture(autouse=True)
def _somebody_leads(db: None) -> None:
    make_leader()


def fill(job: Job, count: int = 1, **facts: object) -> list[int]:
    return [each.id for each in queue([new_execution(job, **facts) for _ in range(count)], now_us())]


def start(*execution_ids: int) -> None:
    assert len(place(execution_ids, engine="local", node="here", now_us=now_us())) == len(execution_ids)


def words(*execution_ids: int) -> list[str]:
    waits = waits_of(Execution.objects.filter(id__in=execution_ids))
    return [waits[each].words for each in execution_ids]


def test_each_of_a_queue_knows_how_many_must_end_before_it() -> None:
    job = make_job(max_running=1)
    first, second, third = fill(job, 3)
    start(first)
    assert words(first, second, third) == [
        "being prepared",
        "waits for 1 other of this job to end: 1 at once",
        "waits for 2 others of this job to end: 1 at once",
    ]
    waits = waits_of(Execution.objects.filter(id__in=(second, third)))
    assert [waits[each].position for each in (second, third)] == [1, 2]


def test_one_that_must_be_alone_waits_for_those_of_its_job_only() -> None:
    job, other = make_job(), make_job()
    start(*fill(other, 3))
    [alone] = fill(job, alone=True)
    assert words(alone) == ["about to start"]
    start(*fill(job, 2))
    assert words(alone) == ["waits for 2 others of this job to end"]


def test_the_limit_of_a_platform_is_told_to_its_own_jobs() -> None:
    small = make_platform("small", max_running=2)
    start(*fill(make_job(platform=small), 2))
    assert words(*fill(make_job(platform=small))) == ["waits for 1 execution of the platform to end: 2 at once"]
    assert words(*fill(make_job())) == ["about to start"]


def test_a_delayed_one_stands_before_nobody() -> None:
    job = make_job(max_running=1)
    [retry] = fill(job, trigger="retry", not_before_us=now_us() + 600 * S)
    [behind] = fill(job)
    waits = waits_of(Execution.objects.filter(id__in=(retry, behind)))
    assert (waits[retry].cause, waits[retry].position) == (Cause.DELAY, None)
    assert waits[retry].words.startswith("retry in ")
    assert (waits[behind].words, waits[behind].position) == ("about to start", 1)


def test_without_a_conductor_that_is_what_is_missing() -> None:
    job = make_job()
    [queued] = fill(job)
    Lease.objects.update(until_us=now_us() - S)
    assert words(queued) == ["waits for a conductor: none is running"]


def test_a_job_is_told_by_the_first_of_its_queue() -> None:
    busy, delayed, preparing, idle = make_job(max_running=1), make_job(), make_job(), make_job()
    start(fill(busy, 3)[0])
    fill(delayed, not_before_us=now_us() + 7200 * S)
    start(*fill(preparing))
    told = waits_of_jobs(Job.objects.all())
    assert told == {
        busy.id: "2 in the queue, the first waits for 1 other of this job to end: 1 at once",
        delayed.id: "starts in 1 h",
        preparing.id: "being prepared",
    }
    assert idle.id not in told


def test_where_nothing_waits_nothing_is_asked() -> None:
    job = make_job()
    [ended] = fill(job)
    Execution.objects.update(state="success", ended_us=1)
    Job.objects.update(queued=0)
    executions, jobs = list(Execution.objects.filter(id=ended)), list(Job.objects.all())
    with CaptureQueriesContext(connection) as asked:
        assert waits_of(executions) == waits_of_jobs(jobs) == {}
    assert len(asked) == 0
