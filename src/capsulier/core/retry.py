"""Retry: after which delay a failed execution runs again, and how often."""

from dataclasses import dataclass

from capsulier.core.reasons import Reason
from capsulier.core.states import State

_LONGEST_S = 366 * 86_400.0
"""A growing delay that nobody capped stops growing here."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """`times` retries at most; the first after `delay_s`, each later one `growth` times as long, `cap_s` at most."""

    times: int
    delay_s: float
    growth: float = 1.0
    cap_s: float | None = None


NEVER = RetryRule(times=0, delay_s=0)


def next_attempt(rule: RetryRule, attempt: int, state: State, reason: Reason | None = None) -> float | None:
    """Seconds to wait before attempt number `attempt` + 1, after attempt number `attempt` (from 1) ended like this.
    None where there is no further attempt: the rule is used up, or it did not fail (a kill is somebody's wish)."""
    if state is not State.FAILED or reason in (Reason.STOPPED, Reason.REPLACED) or attempt > rule.times:
        return None
    cap_s = _LONGEST_S if rule.cap_s is None else rule.cap_s
    delay_s = rule.delay_s
    for _ in range(attempt - 1):
        if delay_s >= cap_s:
            break
        delay_s *= rule.growth
    return min(delay_s, cap_s)
