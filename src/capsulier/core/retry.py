"""Retry: after which delay a failed execution runs again, and how often."""

from dataclasses import dataclass

from capsulier.core.reasons import Reason
from capsulier.core.states import State
from capsulier.core.wording import duration_in_words

_LONGEST_S = 366 * 86_400.0
"""A growing delay that nobody capped stops growing here."""
_SHOWN = 6
"""Delays that are told one by one."""


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


def in_words(rule: RetryRule) -> str:
    """ "Up to 5 retries: after 1 min, 2 min, 4 min, 8 min and 15 min"; a long row ends where its delays stay the same,
    or after a few."""
    if rule.times < 1:
        return "No retry"
    delays: list[float] = []
    for attempt in range(1, min(rule.times, _SHOWN) + 1):
        delays.append(next_attempt(rule, attempt, State.FAILED) or 0)
        if len(set(delays[-2:])) < len(delays[-2:]):
            break
    said = [duration_in_words(each) if each else "no delay" for each in delays]
    begin = "1 retry" if rule.times == 1 else f"Up to {rule.times:,} retries"
    if len(delays) == rule.times:
        return (
            f"{begin}: after {said[0]}" if len(said) == 1 else f"{begin}: after {', '.join(said[:-1])} and {said[-1]}"
        )
    if delays[-1] == delays[-2]:
        if len(delays) == 2:
            return f"{begin}, each after {said[0]}"
        return f"{begin}: after {', '.join(said[:-1])}, then each after {said[-1]}"
    return f"{begin}: after {', '.join(said)}, and so on"
