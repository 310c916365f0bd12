"""Why an engine has not begun an execution, recorded for those who ask."""

import pytest

from capsulier.ledger import placing
from capsulier.ledger.moves import Begun, GivenBack, Waits, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.waiting import waits_of, waits_of_jobs
from capsulier.store.models import Execution, Job
from tests.builders import make_job, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def a_pending(job: Job) -> Execution:
    [queued] = queue([new_execution(job)], 1)
    place([queued.id], engine="local", node="here", now_us=2)
    return Execution.objects.get(id=queued.id)


def test_the_latest_words_are_those_that_are_shown() -> None:
    execution = a_pending(make_job())
    record([Waits(execution.pk, 1, "waits for its turn"), Waits(execution.pk, 1, "waits for memory")], 5)
    execution.refresh_from_db()
    assert waits_of([execution])[execution.pk].words == "waits for memory"
    assert waits_of_jobs([Job.objects.get(id=execution.job_id)]) == {execution.job_id: "waits for memory"}
    assert Job.objects.get(id=execution.job_id).changed_us == 5, "pages hear of it"


def test_they_are_gone_once_it_has_begun_or_was_given_back() -> None:
    begun, given_back = a_pending(make_job()), a_pending(make_job())
    record([Waits(begun.pk, 1, "waits"), Waits(given_back.pk, 1, "waits")], 5)
    record([Begun(begun.pk, 1, 6, {"name": f"{begun.pk}-1"}), GivenBack(given_back.pk, 1)], 7)
    assert {each.detail for each in Execution.objects.all()} == {""}


def test_words_of_an_earlier_placement_or_too_late_are_left_out() -> None:
    execution = a_pending(make_job())
    assert record([Waits(execution.pk, 2, "waits")], 5) == set()
    record([Begun(execution.pk, 1, 6, {"name": f"{execution.pk}-1"})], 7)
    assert record([Waits(execution.pk, 1, "waits")], 8) == set()


def test_what_has_just_been_placed_can_be_handed_to_another_engine() -> None:
    execution, other = a_pending(make_job()), a_pending(make_job())
    placing.hand_to([(execution.pk, "slurm", "slurm")])
    assert [row.id for row in placing.at_work(engine="slurm", node="slurm")] == [execution.pk]
    assert [row.id for row in placing.at_work(engine="local", node="here")] == [other.pk]
