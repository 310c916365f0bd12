"""Taking executions out of the queue: fair between jobs, within the limits of jobs and platforms."""

from typing import Any

import pytest

from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, record
from capsulier.ledger.placing import next_in_queue_us, place_next
from capsulier.ledger.queueing import queue
from capsulier.store.models import Execution, Job, Platform
from tests.builders import make_job, make_platform, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def fill(job: Job, count: int, **facts: Any) -> list[int]:
    return [each.id for each in queue([new_execution(job, **facts) for _ in range(count)], now_us=1)]


def take(most: int = 100, now_us: int = 2_000_000) -> list[int]:
    return [row.id for row in place_next(engine="local", node="here", now_us=now_us, most=most)]


def end(*execution_ids: int) -> None:
    for each in execution_ids:
        record([Begun(each, 1, 4, {}), Ended(each, Reason.EXIT, 5, exit_code=0)], now_us=5)


def test_an_empty_queue_gives_nothing() -> None:
    make_job()
    assert take() == []


def test_the_longest_wait_comes_first() -> None:
    job = make_job()
    ids = fill(job, 3)
    assert take(2) == ids[:2]
    assert take(2) == ids[2:]


def test_a_long_queue_of_one_job_does_not_hold_back_another() -> None:
    greedy, modest = make_job(), make_job()
    many, one = fill(greedy, 50), fill(modest, 1)
    assert set(take(2)) == {many[0], one[0]}


def test_the_platforms_limit_counts_what_is_at_work() -> None:
    platform = make_platform(max_running=3)
    job = make_job(platform=platform)
    ids = fill(job, 5)
    assert take() == ids[:3]
    assert take() == []
    end(ids[0])
    assert take() == [ids[3]]


def test_one_platforms_limit_is_not_anothers() -> None:
    small, large = make_platform("small", max_running=1), make_platform("large", max_running=10)
    in_small = fill(make_job(platform=small), 3)
    in_large = fill(make_job(platform=large), 3)
    assert set(take()) == {in_small[0], *in_large}


def test_a_jobs_own_limit_holds() -> None:
    job = make_job(max_running=1)
    ids = fill(job, 3)
    assert take() == ids[:1]
    assert take() == []
    end(ids[0])
    assert take() == ids[1:2]


def test_one_that_must_be_alone_waits_for_the_one_before() -> None:
    job = make_job()
    first, second = fill(job, 1) + fill(job, 1, alone=True)
    assert take() == [first]
    assert take() == []
    end(first)
    assert take() == [second]


def test_a_delayed_execution_waits_for_its_time_and_holds_back_nobody() -> None:
    job = make_job()
    delayed = fill(job, 1, not_before_us=9_000_000)
    now = fill(job, 1)
    assert next_in_queue_us(2_000_000) == 9_000_000
    assert take() == now
    assert take(now_us=8_999_999) == []
    assert take(now_us=9_000_000) == delayed
    assert next_in_queue_us(9_000_000) is None


def crowd(platform: Platform, count: int, not_before_us: int) -> None:
    """So many jobs with one execution in the queue."""
    version_id = make_job().current_version_id or 0
    names = [f"one of many {n}" for n in range(count)]
    jobs = Job.objects.bulk_create(
        Job(platform=platform, name=name, name_key=name, capsule="bash", category="extraction", queued=1)
        for name in names
    )
    Execution.objects.bulk_create(
        Execution(
            platform=platform,
            job=job,
            number=1,
            version_id=version_id,
            state="queued",
            trigger="retry",
            not_before_us=not_before_us,
            queued_us=1,
        )
        for job in jobs
    )


def test_thousands_of_jobs_that_wait_out_their_retries_hold_back_nobody() -> None:
    crowd(make_platform(), 2001, not_before_us=9_000_000)
    ids = fill(make_job(), 1)
    assert take() == ids


def test_thousands_of_jobs_of_a_full_platform_hold_back_no_other() -> None:
    crowd(make_platform("full", max_running=0), 2001, not_before_us=1)
    ids = fill(make_job(), 1)
    assert take() == ids
