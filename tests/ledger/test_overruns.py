"""What runs longer than its job wants to be warned after is marked once, whoever looks."""

import pytest

from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.overruns import note_overruns
from capsulier.ledger.queueing import queue
from capsulier.store.models import Execution, Job, Occasion
from tests.builders import make_job, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

S = 1_000_000


def running(job: Job, since_us: int) -> int:
    [queued] = queue([new_execution(job)], 1)
    place([queued.id], engine="local", node="here", now_us=2)
    record([Begun(queued.id, 1, since_us, {})], since_us)
    return queued.id


def test_it_is_marked_and_noted_once_when_its_time_is_over() -> None:
    job = make_job(warn_after_s=3600)
    execution_id = running(job, 10 * S)
    assert note_overruns(3610 * S) == []
    assert note_overruns(3611 * S) == [execution_id]
    assert note_overruns(9000 * S) == []
    assert Execution.objects.get().warned_us == 3611 * S
    assert Job.objects.get(id=job.id).changed_us == 3611 * S, "live pages are told"
    assert Occasion.objects.get(kind="long").execution_id == execution_id


def test_a_limit_given_while_it_runs_counts_from_its_beginning() -> None:
    job = make_job()
    execution_id = running(job, 10 * S)
    assert note_overruns(9000 * S) == []
    Job.objects.update(warn_after_s=2_000_000_000)
    assert note_overruns(9000 * S) == []
    Job.objects.update(warn_after_s=60)
    assert note_overruns(9000 * S) == [execution_id]


def test_what_waits_or_has_ended_is_left_alone() -> None:
    job = make_job(warn_after_s=1)
    queue([new_execution(job)], 1)
    Execution.objects.filter(id=running(job, 10 * S)).update(state="success", ended_us=11 * S)
    assert note_overruns(9000 * S) == []
