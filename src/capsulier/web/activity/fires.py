"""The fire ledger in words."""

from dataclasses import dataclass

from capsulier.core.fires import STARTED, FireOutcome, FireWhy, in_words
from capsulier.store.models import Fire

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class ShownFire:
    fire: Fire
    words: str
    started: bool


def show_fire(fire: Fire) -> ShownFire:
    outcome = FireOutcome(fire.outcome)
    words = in_words(
        outcome,
        FireWhy(fire.why) if fire.why in set(FireWhy) else None,
        execution=fire.execution.number if fire.execution else None,
        late_s=(fire.decided_us - fire.due_us) / _SECOND_US,
        count=fire.count,
        detail=fire.detail,
    )
    return ShownFire(fire, words, outcome in STARTED)
