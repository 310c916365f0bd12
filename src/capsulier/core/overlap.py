"""Overlap: what a fire does while an earlier execution of the same job has not ended."""

from dataclasses import dataclass
from enum import StrEnum

from capsulier.core.fires import FireOutcome


class Overlap(StrEnum):
    """The policy of a job; a new one queues. A run by hand ignores it."""

    QUEUE = "queue"
    """Wait for the earlier ones to end."""
    SKIP = "skip"
    """Do not run this time."""
    REPLACE = "replace"
    """Stop the earlier ones and run."""
    PARALLEL = "parallel"
    """Run beside them."""


@dataclass(frozen=True, slots=True)
class OverlapDecision:
    """What to do with one fire, ready for its record."""

    outcome: FireOutcome
    starts: bool
    """An execution is made."""
    waits: bool
    """It starts only when the live ones have ended."""
    stops_live: bool
    """The live ones are stopped, reason replaced."""
    words: str


def decide(policy: Overlap, live: int) -> OverlapDecision:
    """What becomes of a fire while `live` executions of its job have not ended."""
    if live == 0:
        return OverlapDecision(FireOutcome.RAN, starts=True, waits=False, stops_live=False, words="")
    had = "the execution before had not ended" if live == 1 else f"{live} executions before had not ended"
    match policy:
        case Overlap.QUEUE:
            return OverlapDecision(FireOutcome.QUEUED, starts=True, waits=True, stops_live=False, words=had)
        case Overlap.SKIP:
            return OverlapDecision(FireOutcome.SKIPPED, starts=False, waits=False, stops_live=False, words=had)
        case Overlap.REPLACE:
            words = f"{had} and {'was' if live == 1 else 'were'} stopped for it"
            return OverlapDecision(FireOutcome.REPLACED, starts=True, waits=True, stops_live=True, words=words)
        case Overlap.PARALLEL:
            words = f"{had}, and this job may run beside itself"
            return OverlapDecision(FireOutcome.RAN, starts=True, waits=False, stops_live=False, words=words)
