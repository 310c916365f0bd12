import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.reasons import Reason, outcome
from capsulier.core.retry import NEVER, RetryRule, in_words, next_attempt
from capsulier.core.states import State


def test_a_failure_is_retried_so_many_times() -> None:
    rule = RetryRule(times=2, delay_s=900)
    assert [next_attempt(rule, attempt, State.FAILED) for attempt in (1, 2, 3)] == [900, 900, None]
    assert next_attempt(NEVER, 1, State.FAILED) is None


def test_the_delay_can_grow_up_to_a_cap() -> None:
    rule = RetryRule(times=5, delay_s=60, growth=2, cap_s=300)
    assert [next_attempt(rule, attempt, State.FAILED) for attempt in range(1, 6)] == [60, 120, 240, 300, 300]


@pytest.mark.parametrize("reason", list(Reason))
def test_only_failures_are_retried_never_a_kill(reason: Reason) -> None:
    rule = RetryRule(times=1, delay_s=0)
    for exit_code in (0, 1):
        state = outcome(reason, exit_code)
        assert (next_attempt(rule, 1, state, reason) is not None) == (state is State.FAILED)


@given(st.integers(0, 5000), st.floats(0, 1e9), st.floats(1, 100), st.none() | st.floats(0, 1e9), st.integers(1, 5000))
def test_the_wait_is_finite_capped_and_never_shrinks(
    times: int, delay_s: float, growth: float, cap_s: float | None, attempt: int
) -> None:
    rule = RetryRule(times, delay_s, growth, cap_s)
    wait, longer = (next_attempt(rule, attempt + more, State.FAILED) for more in (0, 1))
    assert (wait is None) == (attempt > times)
    if wait is not None:
        assert 0 <= wait <= (366 * 86_400 if cap_s is None else cap_s)
        assert longer is None or longer >= wait


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (NEVER, "No retry"),
        (RetryRule(1, 300), "1 retry: after 5 min"),
        (RetryRule(2, 0), "Up to 2 retries: after no delay and no delay"),
        (RetryRule(9, 60), "Up to 9 retries, each after 1 min"),
        (RetryRule(4, 60, 2), "Up to 4 retries: after 1 min, 2 min, 4 min and 8 min"),
        (RetryRule(9, 60, 2, 240), "Up to 9 retries: after 1 min, 2 min, 4 min, then each after 4 min"),
        (RetryRule(50, 1, 2), "Up to 50 retries: after 1 s, 2 s, 4 s, 8 s, 16 s, 32 s, and so on"),
    ],
)
def test_the_delays_are_told_in_words(rule: RetryRule, words: str) -> None:
    assert in_words(rule) == words
