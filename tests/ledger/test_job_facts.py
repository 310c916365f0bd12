"""Whatever happens in whatever order: what a job's row says of its executions equals a recount from their rows."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capsulier.core.reasons import Reason
from capsulier.core.states import ENDED, MOVES, State
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, GivenBack, record
from capsulier.ledger.placing import place_next
from capsulier.ledger.queueing import queue
from capsulier.ledger.stops import live_executions, request_stop
from capsulier.store.models import Execution, Job
from tests.builders import make_job, make_platform, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

_TOLD_REASONS = [each for each in Reason if each not in (Reason.STOPPED, Reason.REPLACED)]
_step = st.one_of(
    st.tuples(st.just("queue"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("place"), st.integers(1, 4)),
    st.tuples(st.just("begin"), st.lists(st.tuples(st.integers(0, 9), st.integers(1, 2)), max_size=4)),
    st.tuples(st.just("give back"), st.lists(st.tuples(st.integers(0, 9), st.integers(1, 2)), max_size=4)),
    st.tuples(
        st.just("end"),
        st.lists(
            st.tuples(st.integers(0, 9), st.sampled_from(_TOLD_REASONS), st.integers(0, 1), st.integers(0, 50)),
            max_size=4,
        ),
    ),
    st.tuples(st.just("stop some"), st.lists(st.integers(0, 9), max_size=3), st.booleans()),
    st.tuples(st.just("stop job"), st.integers(0, 1)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_step, max_size=25))
def test_the_facts_of_a_job_equal_a_recount(steps: list[tuple[Any, ...]]) -> None:
    platform = make_platform(max_running=3)
    jobs = [make_job(retries=1, retry_delay_s=0, platform=platform), make_job(max_running=1, platform=platform)]
    begin_id = max(Execution.objects.values_list("id", flat=True), default=0) + 1
    states: dict[int, State] = {}
    for now_us, step in enumerate(steps, 1_000_000):
        _take(step, jobs, begin_id, now_us)
        after = {row.id: State(row.state) for row in Execution.objects.filter(job__in=jobs)}
        for execution_id, state in after.items():
            assert _is_reachable(states.get(execution_id, State.QUEUED), state)
        states = after
        for job in jobs:
            _check(job)


def _take(step: tuple[Any, ...], jobs: list[Job], begin_id: int, now_us: int) -> None:
    match step:
        case "queue", which, count:
            queue([new_execution(jobs[which], now_us) for _ in range(count)], now_us)
        case "place", most:
            place_next(engine="local", node="here", now_us=now_us, most=most)
        case "begin", told:
            record([Begun(begin_id + each, placement, now_us, {}) for each, placement in told], now_us)
        case "give back", told:
            record([GivenBack(begin_id + each, placement) for each, placement in told], now_us)
        case "end", told:
            record(
                [Ended(begin_id + each, reason, now_us - ago, exit_code=code) for each, reason, code, ago in told],
                now_us,
            )
        case "stop some", which, force:
            request_stop([begin_id + each for each in which], by="Ana", now_us=now_us, force=force)
        case "stop job", which:
            request_stop(live_executions(jobs[which].id), by="Bo", now_us=now_us)


def _check(job: Job) -> None:
    job.refresh_from_db()
    rows = list(Execution.objects.filter(job=job).order_by("number"))
    live = Counter(row.state for row in rows)
    assert (job.queued, job.pending, job.running) == (live["queued"], live["pending"], live["running"])
    assert [row.number for row in rows] == list(range(1, job.execution_counter + 1))
    assert job.last_execution_id == (rows[-1].id if rows else None)
    ended = [row for row in rows if State(row.state) in ENDED]
    last_us = max((row.ended_us or 0 for row in ended), default=None)
    assert job.last_ended_us == last_us
    assert (job.last_outcome or None) in {row.state for row in ended if row.ended_us == last_us} or not ended
    assert bool(job.last_outcome) == bool(ended)
    outcomes = Counter(row.state for row in ended)
    assert (job.successes, job.failures, job.kills) == (outcomes["success"], outcomes["failed"], outcomes["killed"])


def _is_reachable(before: State, after: State) -> bool:
    """By moves of the table, several perhaps: one batch may tell a beginning and an end."""
    seen, todo = {before}, [before]
    while todo:
        todo = [new for old in todo for new in MOVES[old] if new not in seen]
        seen.update(todo)
    return after in seen
