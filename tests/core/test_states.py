from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from capsulier.core.reasons import Reason, outcome
from capsulier.core.states import ENDED, LIVE, MOVES, Standing, State, Status, job_status, may_become, states_before


def reachable(begin: State) -> set[State]:
    seen, ahead = set(), [begin]
    while ahead:
        state = ahead.pop()
        if state not in seen:
            seen.add(state)
            ahead += MOVES[state]
    return seen


def test_every_state_is_live_or_ended_and_an_end_is_for_ever() -> None:
    assert frozenset(State) == LIVE | ENDED
    assert {State.SUCCESS, State.FAILED, State.KILLED} == ENDED
    assert not any(MOVES[state] for state in ENDED)


def test_every_state_is_reached_from_queued_and_every_live_one_reaches_every_end_but_success_by_chance() -> None:
    assert reachable(State.QUEUED) == set(State)
    for state in LIVE:
        assert reachable(state) >= ENDED
        assert MOVES[state] >= {State.FAILED, State.KILLED}, "whatever is live can fail and be killed at once"


def test_success_is_for_what_has_run() -> None:
    assert states_before(State.SUCCESS) == {State.RUNNING}
    assert states_before(State.RUNNING) == {State.PENDING}


def test_the_guard_of_a_move_is_the_table_read_backwards() -> None:
    for before in State:
        for after in State:
            assert may_become(before, after) == (after in MOVES[before]) == (before in states_before(after))


class ExecutionLife(RuleBasedStateMachine):
    """Any moves in any order, as a ledger with its guards lets them through."""

    def __init__(self) -> None:
        super().__init__()
        self.history = [State.QUEUED]

    @rule(after=st.sampled_from(State))
    def move(self, after: State) -> None:
        if self.history[-1] in states_before(after):
            self.history.append(after)

    @precondition(lambda self: self.history[-1] in LIVE)
    @rule(reason=st.sampled_from(Reason), exit_code=st.none() | st.integers(0, 255))
    def end(self, reason: Reason, exit_code: int | None) -> None:
        after = outcome(reason, exit_code)
        assert after in ENDED
        if self.history[-1] in states_before(after):
            self.history.append(after)
        else:
            assert after is State.SUCCESS, "only a success needs to have run"

    @invariant()
    def it_ends_once_at_most(self) -> None:
        assert sum(state in ENDED for state in self.history) <= 1
        assert self.history[-1] in ENDED or not set(self.history) & ENDED

    @invariant()
    def it_succeeds_only_after_running(self) -> None:
        if State.SUCCESS in self.history:
            assert self.history[-2] is State.RUNNING

    @invariant()
    def it_never_runs_twice(self) -> None:
        assert self.history.count(State.RUNNING) <= 1


TestExecutionLife = ExecutionLife.TestCase

standings = st.builds(
    Standing,
    queued=st.integers(0, 2),
    pending=st.integers(0, 2),
    running=st.integers(0, 2),
    last_outcome=st.none() | st.sampled_from(sorted(ENDED)),
    has_next_fire=st.booleans(),
)


@given(standings)
def test_the_status_of_a_job_is_the_first_of_these_that_holds(standing: Standing) -> None:
    order = [
        (standing.running > 0, Status.RUNNING),
        (standing.pending > 0, Status.PENDING),
        (standing.queued > 0, Status.QUEUED),
        (standing.has_next_fire, Status.WAITING),
        (standing.last_outcome is State.SUCCESS, Status.SUCCESS),
        (standing.last_outcome is State.FAILED, Status.FAILED),
        (standing.last_outcome is State.KILLED, Status.KILLED),
        (True, Status.NEVER),
    ]
    assert job_status(standing) is next(status for holds, status in order if holds)


@given(standings)
def test_the_last_outcome_shows_only_when_nothing_else_does(standing: Standing) -> None:
    idle = replace(standing, queued=0, pending=0, running=0, has_next_fire=False)
    assert job_status(idle) == (standing.last_outcome or Status.NEVER)


def test_every_status_has_its_label() -> None:
    assert [status.label for status in Status] == [
        "Running",
        "Pending",
        "Queued",
        "Waiting next schedule run",
        "Success",
        "Failed",
        "Killed",
        "Never launched",
    ]
