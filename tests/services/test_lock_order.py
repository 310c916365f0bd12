"""Executions are locked before their jobs, by everybody: whoever waits for whom, nobody waits in a circle."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from capsulier.clock import as_us, now_us
from capsulier.core.reasons import Reason
from capsulier.ledger import stops
from capsulier.ledger.ends import Ended
from capsulier.ledger.lease import take_lease
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.fire_schedules import fire_schedules
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import resume_schedule
from capsulier.services.stop_job import stop_job
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_actor, make_job, make_leader, new_execution
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def job() -> Job:
    """One that replaces what runs, with something that runs."""
    made = make_job(overlap="replace", schedule=ScheduleDraft(cron="* * * * *"))
    running(made)
    return made


def pending(job: Job, count: int = 1) -> list[int]:
    return place([each.id for each in queue([new_execution(job)] * count, 1)], engine="local", node="here", now_us=2)


def running(job: Job) -> None:
    record([Begun(each, 1, 3, {}) for each in pending(job)], 3)


def beside_a_stop(job: Job, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Do the work while a stop of the job has locked its executions and not the job yet."""
    has_locked, may_go_on = threading.Event(), threading.Event()
    ask = stops.request_stop

    def pause_before(*args: object, **kwargs: object) -> object:
        has_locked.set()
        may_go_on.wait(2)
        return ask(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("capsulier.services.stop_job.request_stop", pause_before)
    actor = make_actor()
    with ThreadPoolExecutor(2) as threads:
        stop = threads.submit(in_own_connection, lambda: stop_job(actor, job.id))
        assert has_locked.wait(10)
        other = threads.submit(in_own_connection, work)
        if connection.vendor == "postgresql":
            waits_for_a_lock()
        may_go_on.set()
        stop.result(20)
        other.result(20)


def waits_for_a_lock() -> None:
    """Return once somebody waits for somebody's row."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return


def test_a_fire_that_replaces_beside_a_stop(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    Schedule.objects.update(accounted_us=as_us(NOON) - 60_000_000, next_fire_us=as_us(NOON))
    epoch = take_lease("us", now_us=as_us(NOON), ttl_us=60_000_000) or 0
    beside_a_stop(job, monkeypatch, lambda: fire_schedules(epoch, NOON))
    assert Fire.objects.get().outcome == "replaced"
    assert Execution.objects.get(state="running").stop_by == "editor", "who asked first"


def test_a_schedule_that_is_resumed_beside_a_stop(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    pause_schedule(make_actor(), job.id)
    Schedule.objects.update(accounted_us=now_us() - 120_000_000)
    actor = make_actor()
    beside_a_stop(job, monkeypatch, lambda: resume_schedule(actor, job.id))
    assert Fire.objects.filter(outcome="replaced").exists()


def test_what_the_conductor_learns_beside_a_stop(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order it was told: a beginning of a later one with the end of an earlier."""
    make_leader()
    earlier, later = pending(job, 2)
    told = [Begun(later, 1, 4, {}), Ended(earlier, Reason.EXIT, 5, 1, exit_code=0)]
    beside_a_stop(job, monkeypatch, lambda: record(told, 6))
    assert Execution.objects.get(id=earlier).state in ("success", "killed")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one writes at a time")
def test_a_turn_locks_what_it_moves_in_the_order_of_their_ids(job: Job) -> None:
    first, second = pending(job, 2)
    told = [Begun(second, 1, 4, {}), Ended(first, Reason.EXIT, 5, 1, exit_code=0)]
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            list(Execution.objects.select_for_update().filter(id=first))
            turn = thread.submit(in_own_connection, lambda: record(told, 6))
            waits_for_a_lock()
            list(Execution.objects.select_for_update(nowait=True).filter(id=second))
        turn.result(10)
