"""Running a job now, and stopping it."""

import pytest

from capsulier.core.errors import AlreadyEnded, Invalid, NothingToStop
from capsulier.ledger.moves import place
from capsulier.services.run_job import run_job
from capsulier.services.stop_execution import stop_execution
from capsulier.services.stop_job import stop_job
from capsulier.store.models import Execution, Job
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_run_is_queued_with_what_shaped_it() -> None:
    job = make_job(command="echo hello", version={"timeout_s": 9})
    actor = make_actor()
    queued = run_job(actor, job.id, variables={"DAY": "today"}, trigger="api")
    row = Execution.objects.get(id=queued.id)
    assert (row.number, row.state, row.trigger, row.triggered_by_id) == (1, "queued", "api", actor.user_id)
    assert row.variables == {"DAY": "today"}
    assert row.snapshot["command"] == "echo hello"
    assert row.snapshot["timeout_s"] == 9


@pytest.mark.parametrize("variables", [{"1A": "x"}, {"": "x"}, {"A-B": "x"}, {"Ä": "x"}, {"A": "\0"}])
def test_names_that_no_environment_takes_are_refused(variables: dict[str, str]) -> None:
    job = make_job()
    with pytest.raises(Invalid) as refused:
        run_job(make_actor(), job.id, variables=variables)
    assert refused.value.field == "variables"
    assert not Execution.objects.exists()


def test_stopping_a_job_stops_all_it_has() -> None:
    job = make_job()
    waiting, working = (run_job(make_actor(), job.id).id for _ in range(2))
    place([working], engine="local", node="here", now_us=1)
    stopping = stop_job(make_actor(), job.id)
    assert (stopping.ended, stopping.asked) == ([waiting], [working])
    assert stop_job(make_actor(), job.id, force=True).asked == [working]
    assert Execution.objects.get(id=working).stop_force


def test_there_is_nothing_to_stop_where_all_has_ended() -> None:
    job = make_job()
    execution_id = run_job(make_actor(), job.id).id
    assert stop_execution(make_actor(), execution_id).state == "killed"
    with pytest.raises(NothingToStop):
        stop_job(make_actor(), job.id)
    with pytest.raises(AlreadyEnded, match="killed"):
        stop_execution(make_actor(), execution_id)
    assert Job.objects.get().last_outcome == "killed"
