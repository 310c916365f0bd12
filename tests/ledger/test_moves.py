"""Executions move as the table of states allows, each move guarded by where it must have been before."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from capsulier.core.reasons import Reason
from capsulier.core.states import State
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, GivenBack, place, record
from capsulier.ledger.placing import at_work, launch_facts
from capsulier.ledger.queueing import queue
from capsulier.ledger.stops import live_executions, request_stop, stops_to_do
from capsulier.store.models import Execution, Job, Occasion
from tests.builders import make_job, new_execution
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def queued(job: Job, **facts: Any) -> int:
    return queue([new_execution(job, **facts)], now_us=1)[0].id


def pending(job: Job) -> int:
    execution_id = queued(job)
    assert place([execution_id], engine="local", node="here", now_us=2) == [execution_id]
    return execution_id


def running(job: Job) -> int:
    execution_id = pending(job)
    assert record([Begun(execution_id, 1, 3, {"name": f"{execution_id}-1", "pid": 7})], now_us=3) == {execution_id}
    return execution_id


def ended(execution_id: int, exit_code: int = 0, **facts: Any) -> Ended:
    return Ended(execution_id, Reason.EXIT, 9, exit_code=exit_code)._replace(**facts)


def test_an_execution_goes_through_its_life() -> None:
    job = make_job()
    execution_id = running(job)
    assert record([ended(execution_id, placement=1)], now_us=10) == {execution_id}
    row = Execution.objects.get(id=execution_id)
    assert (row.state, row.reason, row.exit_code, row.signal) == ("success", "exit", 0, None)
    assert (row.queued_us, row.pending_us, row.started_us, row.ended_us) == (1, 2, 3, 9)
    assert (row.engine, row.node, row.handle) == ("local", "here", {"name": f"{execution_id}-1", "pid": 7})
    job.refresh_from_db()
    assert (job.queued, job.pending, job.running, job.last_outcome, job.last_ended_us) == (0, 0, 0, "success", 9)
    assert job.changed_us == 10


def test_an_end_before_the_beginning_was_told_brings_its_own_start() -> None:
    """The engine tells the beginning and the end in one batch, or only the end after a restart."""
    job = make_job()
    one, other = pending(job), pending(job)
    moved = record([Begun(one, 1, 4, {"name": "x"}), ended(one, 3, placement=1, started_us=4)], now_us=10)
    assert moved == {one}
    assert record([ended(other, placement=1, started_us=5)], now_us=11) == {other}
    rows = Execution.objects.order_by("id").values_list("state", "exit_code", "started_us")
    assert list(rows) == [("failed", 3, 4), ("success", 0, 5)]
    job.refresh_from_db()
    assert (job.queued, job.pending, job.running, job.last_outcome) == (0, 0, 0, "success")


def test_a_success_needs_a_beginning() -> None:
    """The table of states has no way from pending to success but through running."""
    execution_id = pending(make_job())
    assert record([ended(execution_id)], now_us=10) == set()
    assert record([Begun(execution_id, 1, 4, {}), ended(execution_id)], now_us=11) == {execution_id}


def test_nothing_ends_twice() -> None:
    execution_id = running(make_job())
    assert record([ended(execution_id)], now_us=10)
    assert record([ended(execution_id, 1)], now_us=11) == set()
    assert Execution.objects.get(id=execution_id).state == State.SUCCESS


def test_two_ends_of_one_execution_in_a_batch_count_once() -> None:
    job = make_job()
    execution_id = running(job)
    record([ended(execution_id), ended(execution_id, 1)], now_us=10)
    job.refresh_from_db()
    assert (job.running, job.pending, job.queued) == (0, 0, 0)


def test_news_of_an_earlier_placement_changes_nothing() -> None:
    job = make_job()
    execution_id = pending(job)
    assert record([GivenBack(execution_id, 1)], now_us=3) == {execution_id}
    row = Execution.objects.get(id=execution_id)
    assert (row.state, row.pending_us, row.handle) == ("queued", None, None)
    place([execution_id], engine="local", node="here", now_us=4)
    assert record([Begun(execution_id, 1, 5, {}), ended(execution_id, placement=1)], now_us=6) == set()
    assert record([Begun(execution_id, 2, 5, {})], now_us=6) == {execution_id}
    assert record([GivenBack(execution_id, 2)], now_us=7) == set()  # it runs


def test_what_was_asked_to_stop_ends_when_its_engine_gives_it_back() -> None:
    """It is placed no more, so in the queue it would stand for ever, and before the others of its job."""
    job = make_job(max_running=1)
    execution_id, following = pending(job), queued(job)
    request_stop([execution_id], by="Ana", now_us=3)
    assert record([GivenBack(execution_id, 1)], now_us=4) == {execution_id}
    row = Execution.objects.get(id=execution_id)
    assert (row.state, row.reason, row.detail, row.ended_us) == ("killed", "stopped", "Ana", 4)
    job.refresh_from_db()
    assert (job.queued, job.pending, job.last_outcome) == (1, 0, "killed")
    assert place([following], engine="local", node="here", now_us=5) == [following]


def test_a_stop_in_the_queue_ends_at_once() -> None:
    job = make_job()
    execution_id = queued(job)
    stopping = request_stop([execution_id], by="Ana", now_us=5)
    assert (stopping.ended, stopping.asked) == ([execution_id], [])
    row = Execution.objects.get(id=execution_id)
    assert (row.state, row.reason, row.detail, row.ended_us) == ("killed", "stopped", "Ana", 5)
    job.refresh_from_db()
    assert (job.queued, job.last_outcome) == (0, "killed")


def test_a_stop_at_work_makes_any_end_a_kill() -> None:
    job = make_job()
    execution_id = running(job)
    assert request_stop([execution_id], by="Ana", now_us=5).asked == [execution_id]
    assert [row.execution_id for row in stops_to_do(engine="local", node="here")] == [execution_id]
    assert stops_to_do(engine="local", node="elsewhere") == []
    record([ended(execution_id, 0)], now_us=10)
    row = Execution.objects.get(id=execution_id)
    assert (row.state, row.reason, row.exit_code, row.detail) == ("killed", "stopped", 0, "Ana")
    assert stops_to_do(engine="local", node="here") == []


def test_the_first_to_ask_for_a_stop_is_the_one_who_did_and_force_stays() -> None:
    execution_id = running(make_job())
    request_stop([execution_id], by="Ana", now_us=5, force=True)
    request_stop([execution_id], by="Bo", now_us=6, reason=Reason.REPLACED)
    row = Execution.objects.get(id=execution_id)
    assert (row.stop_by, row.stop_us, row.stop_reason, row.stop_force) == ("Ana", 5, "stopped", True)


def test_a_stop_of_what_has_ended_is_in_neither_list() -> None:
    execution_id = running(make_job())
    record([ended(execution_id)], now_us=10)
    assert request_stop([execution_id], by="Ana", now_us=11) == ([], [])


def test_live_executions_are_those_that_have_not_ended() -> None:
    job = make_job()
    first, second, third = running(job), pending(job), queued(job)
    record([ended(first)], now_us=10)
    assert live_executions(job.id) == [second, third]
    assert [row.id for row in at_work(engine="local", node="here")] == [second]


def test_a_failure_is_retried_after_the_delay_and_a_kill_never() -> None:
    job = make_job(retries=2, retry_delay_s=10, retry_growth=2.0)
    first = running(job)
    record([ended(first, 1)], now_us=1_000_000)
    second = Execution.objects.get(retry_of_id=first)
    assert (second.state, second.attempt, second.trigger, second.number) == ("queued", 2, "retry", 2)
    assert second.not_before_us == 11_000_000
    job.refresh_from_db()
    assert (job.queued, job.last_outcome, job.last_execution_id) == (1, "failed", second.id)
    place([second.id], engine="local", node="here", now_us=11_000_000)
    record([ended(second.id, 1)], now_us=12_000_000)
    third = Execution.objects.get(retry_of_id=second.id)
    assert (third.attempt, third.not_before_us) == (3, 32_000_000)
    place([third.id], engine="local", node="here", now_us=32_000_000)
    record([ended(third.id, 1)], now_us=33_000_000)
    assert not Execution.objects.filter(retry_of_id=third.id).exists()

    stopped = running(job)
    request_stop([stopped], by="Ana", now_us=34_000_000)
    record([ended(stopped, 1)], now_us=35_000_000)
    assert not Execution.objects.filter(retry_of_id=stopped).exists()


def test_a_retry_keeps_what_its_first_attempt_was_given() -> None:
    job = make_job(retries=1)
    first = queued(job, variables={"DAY": "today"}, snapshot={"version": 1}, due_us=77, alone=True)
    place([first], engine="local", node="here", now_us=2)
    record([ended(first, 1)], now_us=3)
    retry = Execution.objects.get(retry_of_id=first)
    assert (retry.variables, retry.snapshot, retry.due_us, retry.alone) == ({"DAY": "today"}, {"version": 1}, 77, True)


@pytest.mark.parametrize(("overlap", "alone"), [("queue", True), ("replace", True), ("parallel", False)])
def test_the_retry_of_a_fire_keeps_to_the_overlap_policy(overlap: str, alone: bool) -> None:
    """While it waits out its delay the next fire may begin; the first of a row is not alone by itself."""
    job = make_job(retries=1, overlap=overlap)
    first = queued(job, trigger="schedule", due_us=77)
    place([first], engine="local", node="here", now_us=2)
    record([ended(first, 1)], now_us=3)
    assert Execution.objects.get(retry_of_id=first).alone is alone


@pytest.mark.django_db(transaction=True)
def test_nobody_who_places_waits_for_somebody_who_stops() -> None:
    """They would wait for each other: whoever places has counted ends on the jobs already, whoever stops comes to them
    last."""
    if connection.vendor == "sqlite":
        pytest.skip("One writes at a time.")
    job = make_job()
    stopped, other = queued(job), queued(job)

    def place_both() -> list[int]:
        return place([stopped, other], engine="local", node="here", now_us=2)

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        Execution.objects.select_for_update().get(id=stopped)
        assert thread.submit(in_own_connection, place_both).result(10) == [other]


def test_an_end_is_an_occasion_for_a_job_that_tells_somebody_and_only_once() -> None:
    job = make_job(alert_emails=["a@b.c"], alert_on=["failure"])
    told, silent = running(job), running(make_job())
    record([ended(told, 1), ended(silent, 1)], now_us=10)
    record([ended(told, 1)], now_us=11)
    assert list(Occasion.objects.values_list("event", "is_open", "at_us")) == [(f"end:{told}", True, 10)]


def test_the_last_outcome_is_that_of_the_one_that_ended_last() -> None:
    job = make_job()
    first, second = running(job), running(job)
    record([ended(second, 0, ended_us=20), ended(first, 1, ended_us=30)], now_us=31)
    job.refresh_from_db()
    assert (job.last_outcome, job.last_ended_us) == ("failed", 30)


def test_news_that_arrives_late_does_not_become_the_last_outcome() -> None:
    """After a restart the conductor may learn of an earlier end after a later one."""
    job = make_job()
    first, second = running(job), running(job)
    record([ended(second, 0, ended_us=30)], now_us=31)
    record([ended(first, 1, ended_us=20)], now_us=32)
    job.refresh_from_db()
    assert (job.last_outcome, job.last_ended_us) == ("success", 30)


def test_what_it_has_used_is_recorded_with_its_end() -> None:
    execution_id = running(make_job())
    record([ended(execution_id, 0, cpu_us=1_500_000, peak_bytes=7_000_000_000)], now_us=10)
    execution = Execution.objects.get(id=execution_id)
    assert (execution.cpu_us, execution.peak_bytes) == (1_500_000, 7_000_000_000)


def test_words_that_no_database_can_store_end_an_execution_all_the_same() -> None:
    execution_id = running(make_job())
    record([Ended(execution_id, Reason.SETUP, 9, detail="cannot open a\0b\udcff")], now_us=10)
    assert Execution.objects.get(id=execution_id).detail.startswith("cannot open a")


def test_launch_facts_are_those_of_the_executions_own_version() -> None:
    job = make_job(command="echo one", version={"timeout_s": 5})
    execution_id = queued(job, variables={"A": "1"})
    [facts] = launch_facts([execution_id])
    assert (facts.command, facts.timeout_s, facts.number, facts.job_name) == ("echo one", 5, 1, job.name)
    assert (facts.package_name, facts.capsule, facts.platform) == (None, "bash", "main")
