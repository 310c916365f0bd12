"""The rules of alerts: which end is told, and under which type."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.alerts import (
    AlertKind,
    AlertLimit,
    End,
    failures_in_row,
    is_recovery,
    kind_of_end,
    wishes_in_words,
)
from capsulier.core.states import ENDED, State

S, F, K = State.SUCCESS, State.FAILED, State.KILLED
outcomes = st.sampled_from(sorted(ENDED))
ends = st.builds(End, outcomes, st.lists(outcomes, max_size=6), is_retried=st.booleans())
wishes = st.sets(st.sampled_from(AlertKind))


@pytest.mark.parametrize(
    ("outcome", "before", "in_row"),
    [(F, [], 1), (F, [F, F], 3), (F, [S, F], 1), (F, [K, F, K, F, S], 3), (S, [F, F], 0), (K, [F], 0)],
)
def test_failures_in_a_row_are_counted_past_kills(outcome: State, before: Sequence[State], in_row: int) -> None:
    assert failures_in_row(End(outcome, before)) == in_row


@pytest.mark.parametrize(
    ("outcome", "before", "recovers"),
    [(S, [F], True), (S, [K, F], True), (S, [S, F], False), (S, [], False), (F, [F], False)],
)
def test_a_recovery_is_the_first_success_after_a_failure(
    outcome: State, before: Sequence[State], recovers: bool
) -> None:
    assert is_recovery(End(outcome, before)) is recovers


@given(ends)
def test_who_asks_for_nothing_hears_nothing(end: End) -> None:
    assert kind_of_end([], end) is None


@given(ends, wishes)
def test_who_asks_for_every_end_hears_of_every_end(end: End, wanted: set[AlertKind]) -> None:
    assert kind_of_end({*wanted, AlertKind.END}, end) is not None


@given(ends, wishes, st.integers(1, 8))
def test_a_row_of_failures_is_told_at_its_nth_and_only_then(end: End, wanted: set[AlertKind], failures: int) -> None:
    is_told = kind_of_end(wanted, end, failures) is AlertLimit.REPEATED
    assert is_told == (failures_in_row(end) == failures)


@given(ends, wishes)
def test_more_wishes_never_mean_fewer_alerts(end: End, wanted: set[AlertKind]) -> None:
    if kind_of_end(wanted, end) is not None:
        assert all(kind_of_end({*wanted, more}, end) is not None for more in AlertKind)


@pytest.mark.parametrize(
    ("wanted", "end", "kind"),
    [
        (["failure", "retry"], End(F, is_retried=True), AlertKind.RETRY),
        (["retry"], End(F), None),
        (["change"], End(F, [S]), AlertKind.CHANGE),
        (["change"], End(S, [S]), None),
        (["change"], End(S), None),
        (["success", "recovery"], End(S, [F]), AlertKind.RECOVERY),
        (["recovery"], End(S, [S]), None),
    ],
)
def test_an_end_is_told_under_what_says_most(wanted: list[str], end: End, kind: AlertKind | None) -> None:
    assert kind_of_end(wanted, end) is kind


def test_what_a_job_tells_in_words() -> None:
    words = wishes_in_words(["recovery", "failure"], failures=3, late_s=600, waiting_s=5400)
    assert words == "Failure, back to normal, 3 failures in a row, a start 10 min late, 1 h 30 min in the queue"
    assert wishes_in_words([], failures=None, late_s=None, waiting_s=None) == ""
