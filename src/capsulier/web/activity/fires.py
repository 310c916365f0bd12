"""The fire ledger in words."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from capsulier.clock import as_datetime
from capsulier.core.fires import STARTED, FireOutcome
from capsulier.services.why_fire import fire_words
from capsulier.store.models import Fire

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ShownFire:
    fire: Fire
    words: str
    started: bool
    due: datetime
    """As the clock of a zone shows it."""
    until: datetime | None


def show_fire(fire: Fire, zone: ZoneInfo = _UTC) -> ShownFire:
    return ShownFire(
        fire=fire,
        words=fire_words(fire),
        started=FireOutcome(fire.outcome) in STARTED,
        due=as_datetime(fire.due_us).astimezone(zone),
        until=as_datetime(fire.until_us).astimezone(zone) if fire.until_us else None,
    )
