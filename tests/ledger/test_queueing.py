"""How executions enter the ledger."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction

from capsulier.ledger.queueing import lock_to_run, queue
from capsulier.services.drafts import VersionDraft
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Execution
from tests.builders import make_actor, make_job, new_execution
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_executions_are_numbered_per_job_in_their_order() -> None:
    first, second = make_job(), make_job()
    queued = queue([new_execution(job) for job in (first, second, first)], now_us=5)
    assert [(each.job_id, each.number) for each in queued] == [(first.id, 1), (second.id, 1), (first.id, 2)]
    assert queued[0].id < queued[2].id
    first.refresh_from_db()
    assert (first.queued, first.execution_counter, first.last_execution_id) == (2, 2, queued[2].id)
    assert first.changed_us == 5


def test_queueing_nothing_writes_nothing() -> None:
    assert queue([], now_us=1) == []


def test_what_was_handed_in_is_in_the_row() -> None:
    job = make_job()
    new = new_execution(
        job, due_us=3, alone=True, attempt=2, variables={"A": "ü\"'"}, snapshot={"version": 1, "package": None}
    )
    [queued] = queue([new], now_us=7)
    row = Execution.objects.get(id=queued.id)
    assert (row.state, row.trigger, row.attempt, row.alone, row.due_us) == ("queued", "manual", 2, True, 3)
    assert (row.variables, row.snapshot) == ({"A": "ü\"'"}, {"version": 1, "package": None})
    assert (row.queued_us, row.placement, row.stop_force, row.stop_us) == (7, 0, False, None)


def test_a_rolled_back_transaction_gives_its_numbers_back() -> None:
    job = make_job()
    with transaction.atomic():
        queue([new_execution(job)], now_us=1)
        transaction.set_rollback(True)
    [queued] = queue([new_execution(job)], now_us=1)
    assert queued.number == 1


@pytest.mark.django_db(transaction=True)
def test_callers_at_once_get_every_number_exactly_once() -> None:
    jobs = [make_job(), make_job()]

    def add(turn: int) -> None:
        try:
            queue([new_execution(job) for job in (jobs if turn % 2 else jobs[::-1])], now_us=turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(add, range(30)))
    for job in jobs:
        job.refresh_from_db()
        numbers = Execution.objects.filter(job=job).order_by("id").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 31))
        assert (job.queued, job.execution_counter) == (30, 30)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_waits_for_an_upgrade_runs_the_new_version() -> None:
    job = make_job(command="echo one")
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            upgrade_job(make_actor(), job.id, VersionDraft("echo two"))
            run = thread.submit(in_own_connection, transaction.atomic(lambda: lock_to_run(job.id)))
            assert not wait([run], timeout=0.3).done
        facts = run.result(10)
    assert (facts.version, facts.command) == (2, "echo two")
