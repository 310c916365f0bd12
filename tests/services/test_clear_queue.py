"""Clearing the queue of a job."""

import pytest

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.core.errors import NotAllowed, NotFound, NothingToStop
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.clear_queue import clear_queue
from capsulier.store.models import Change, Execution, Job
from tests.builders import make_actor, make_job, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_what_waits_is_killed_and_what_is_at_work_goes_on() -> None:
    job, other = make_job(), make_job()
    running, pending, *waiting = (each.id for each in queue([new_execution(job)] * 5, 1))
    [of_another] = queue([new_execution(other)], 1)
    place([running, pending], engine="local", node="here", now_us=2)
    record([Begun(running, 1, 3, {})], 3)
    assert clear_queue(make_actor(Role.OPERATOR), job.id) == waiting
    states = dict(Execution.objects.values_list("id", "state"))
    assert [states[each] for each in (running, pending, of_another.id)] == ["running", "pending", "queued"]
    assert {states[each] for each in waiting} == {"killed"}
    assert not Execution.objects.filter(id__in=(running, pending), stop_us__isnull=False).exists()
    job.refresh_from_db()
    assert (job.queued, job.pending, job.running) == (0, 1, 1)
    assert Change.objects.filter(job=job, verb="cleared the queue").get().after == {"queued": 3}


def test_a_retry_that_waits_out_its_delay_goes_too_and_leaves_no_other() -> None:
    job = make_job(retries=5)
    queue([new_execution(job, now_us() + 3_600_000_000, trigger="retry", attempt=2)], 1)
    clear_queue(make_actor(), job.id)
    assert Execution.objects.get().state == "killed"


def test_an_empty_queue_is_said_and_leaves_no_record() -> None:
    job = make_job("idle")
    with pytest.raises(NothingToStop, match="Nothing of “idle” waits in the queue"):
        clear_queue(make_actor(), job.id)
    assert not Change.objects.filter(verb="cleared the queue").exists()


def test_it_is_for_those_who_may_stop() -> None:
    job = make_job()
    queue([new_execution(job)], 1)
    with pytest.raises(NotAllowed):
        clear_queue(make_actor(Role.VIEWER), job.id)
    with pytest.raises(NotFound):
        clear_queue(make_actor(None), job.id)
    assert Job.objects.get(id=job.id).queued == 1
