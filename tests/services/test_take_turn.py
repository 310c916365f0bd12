"""One turn of the conductor."""

import pytest

from capsulier.ledger.lease import take_lease
from capsulier.ledger.moves import Begun, place, record
from capsulier.services.run_job import run_job
from capsulier.services.stop_execution import stop_execution
from capsulier.services.take_turn import Post, take_turn
from capsulier.store.models import Platform
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_stop_with_force_ends_what_runs_on_a_machine_that_is_no_more() -> None:
    """A container that was made anew has another name; of its predecessor's executions nobody else would ever tell."""
    actor, job = make_actor(), make_job()
    execution = run_job(actor, job.id)
    place([execution.id], engine="local", node="gone", now_us=2)
    record([Begun(execution.id, 1, 3, {})], now_us=3)
    epoch = take_lease("us", now_us=1, ttl_us=9) or 0

    stop_execution(actor, execution.id)
    take_turn(epoch, [], posts=[Post("local", "here")], most=64, look=True)
    execution.refresh_from_db()
    assert execution.state == "running"

    stop_execution(actor, execution.id, force=True)
    take_turn(epoch, [], posts=[Post("local", "here")], most=64, look=True)
    execution.refresh_from_db()
    assert (execution.state, execution.reason, execution.detail) == ("killed", "stopped", actor.name)


def test_an_execution_whose_account_is_gone_fails_with_a_sentence() -> None:
    actor, job = make_actor(), make_job()
    Platform.objects.filter(pk=job.platform_id).update(run_as="gone")
    execution = run_job(actor, job.id)
    epoch = take_lease("us", now_us=1, ttl_us=9) or 0
    turn = take_turn(epoch, [], posts=[Post("local", "here")], most=64, look=True)
    assert turn.ready_us == {}, "nobody will ever tell when it began"
    take_turn(epoch, turn.failures, posts=[Post("local", "here")], most=64, look=True)
    execution.refresh_from_db()
    assert (execution.state, execution.reason) == ("failed", "setup")
    assert execution.detail.startswith("There is no account “gone” on this machine.")
