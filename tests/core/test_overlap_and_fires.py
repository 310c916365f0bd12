from typing import Any

import pytest

from capsulier.core.fires import STARTED, FireOutcome, FireWhy, in_words
from capsulier.core.overlap import Overlap, decide


@pytest.mark.parametrize("policy", list(Overlap))
def test_with_nothing_live_every_policy_runs(policy: Overlap) -> None:
    decision = decide(policy, 0)
    assert decision.outcome is FireOutcome.RAN
    assert decision.starts
    assert (decision.waits, decision.stops_live, decision.words) == (False, False, "")


@pytest.mark.parametrize(
    ("policy", "outcome", "starts", "waits", "stops_live"),
    [
        (Overlap.QUEUE, FireOutcome.QUEUED, True, True, False),
        (Overlap.SKIP, FireOutcome.SKIPPED, False, False, False),
        (Overlap.REPLACE, FireOutcome.REPLACED, True, True, True),
        (Overlap.PARALLEL, FireOutcome.RAN, True, False, False),
    ],
)
def test_a_policy_decides_while_an_execution_lives(
    policy: Overlap, outcome: FireOutcome, starts: bool, waits: bool, stops_live: bool
) -> None:
    for live in (1, 3):
        decision = decide(policy, live)
        assert (decision.outcome, decision.starts, decision.waits, decision.stops_live) == (
            outcome,
            starts,
            waits,
            stops_live,
        )
        assert decision.starts == (decision.outcome in STARTED)
        assert "not ended" in decision.words


@pytest.mark.parametrize(
    ("outcome", "facts", "sentence"),
    [
        (FireOutcome.RAN, {"execution": 81}, "Ran as execution 81."),
        (
            FireOutcome.LATE,
            {"why": FireWhy.DOWN, "execution": 81, "late_s": 3840},
            "Ran 1 h 04 min late as execution 81: the manager was down.",
        ),
        (FireOutcome.QUEUED, {"execution": 82}, "Queued as execution 82: the execution before had not ended."),
        (
            FireOutcome.SKIPPED,
            {"why": FireWhy.OVERLAP, "detail": decide(Overlap.SKIP, 2).words},
            "Did not run: 2 executions before had not ended.",
        ),
        (
            FireOutcome.REPLACED,
            {"execution": 9, "detail": decide(Overlap.REPLACE, 1).words},
            "Ran as execution 9: the execution before had not ended and was stopped for it.",
        ),
        (FireOutcome.MISSED, {"why": FireWhy.PAUSED}, "Did not run: the schedule was paused."),
        (
            FireOutcome.MISSED,
            {"why": FireWhy.DOWN, "count": 1440},
            "Did not run, 1,440 times: the manager was down.",
        ),
    ],
)
def test_a_record_answers_why_it_did_not_run(outcome: FireOutcome, facts: dict[str, Any], sentence: str) -> None:
    assert in_words(outcome, **facts) == sentence


def test_every_outcome_and_reason_has_its_sentence() -> None:
    for outcome in FireOutcome:
        for why in (None, *FireWhy):
            words = in_words(outcome, why)
            assert words[0].isupper()
            assert words.endswith(".")
