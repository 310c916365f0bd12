"""A job's schedule in words, with its next fires."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from capsulier.core.errors import CapsulierError
from capsulier.core.schedule import PreviewedFire, in_words, preview
from capsulier.services.scheduling import schedule_draft
from capsulier.store.models import Schedule


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    words: str
    paused: bool
    fires: Sequence[PreviewedFire]
    left: int | None
    """How many more executions it will start; None: no end."""


def show_schedule(schedule: Schedule | None, count: int = 5) -> ShownSchedule | None:
    draft = schedule_draft(schedule)
    if schedule is None or draft is None:
        return None
    try:
        parsed = draft.parsed()
    except CapsulierError:  # a zone that this machine no longer knows
        return ShownSchedule(schedule.repeat or schedule.cron, schedule.paused, (), None)
    times = getattr(parsed, "times", None)
    return ShownSchedule(
        words=in_words(parsed),
        paused=schedule.paused,
        fires=() if schedule.paused else preview(parsed, datetime.now(UTC), count, schedule.started),
        left=None if times is None else max(0, times - schedule.started),
    )
