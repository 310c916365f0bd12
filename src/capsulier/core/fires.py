"""Fires: what became of an instant at which a schedule was due. The answer to "why didn't it run?"."""

from enum import StrEnum

from capsulier.core.wording import duration_in_words


class FireOutcome(StrEnum):
    """What became of a due instant. Written before it is acted on."""

    RAN = "ran"
    LATE = "late"
    """Ran, but after its instant: the manager was down or the schedule paused when it was due."""
    QUEUED = "queued"
    """An execution was made that waits for the one before."""
    REPLACED = "replaced"
    """Ran, and the one before was stopped for it."""
    SKIPPED = "skipped"
    """The manager was there and decided that it should not run."""
    MISSED = "missed"
    """Nobody was there, or the schedule was paused, and catching up left it out."""


class FireWhy(StrEnum):
    """Why it did not simply run."""

    OVERLAP = "overlap"
    PAUSED = "paused"
    DOWN = "down"
    NO_VERSION = "no_version"


_WHY = {
    FireWhy.OVERLAP: "the execution before had not ended",
    FireWhy.PAUSED: "the schedule was paused",
    FireWhy.DOWN: "the manager was down",
    FireWhy.NO_VERSION: "the job had no version to run",
}

STARTED = frozenset({FireOutcome.RAN, FireOutcome.LATE, FireOutcome.QUEUED, FireOutcome.REPLACED})
"""Those with an execution: only they use up the schedule's number of times."""


def in_words(
    outcome: FireOutcome,
    why: FireWhy | None = None,
    *,
    execution: int | None = None,
    late_s: float = 0,
    count: int = 1,
    detail: str = "",
) -> str:
    """One sentence: "Did not run, 12 times: the manager was down." `execution` is its number, `count` the like
    non-runs that the record stands for, `detail` words in place of the usual ones for `why`."""
    because = detail or (_WHY[why] if why else "")
    reason = f": {because}" if because else ""
    run = f"execution {execution}" if execution else "an execution that is no longer kept"
    if outcome is FireOutcome.LATE:
        return f"Ran {duration_in_words(late_s)} late as {run}{reason}."
    if outcome is FireOutcome.QUEUED:
        return f"Queued as {run}{reason or ': ' + _WHY[FireWhy.OVERLAP]}."
    if outcome is FireOutcome.RAN:
        return f"Ran as {run}{reason}."
    if outcome is FireOutcome.REPLACED:
        return f"Ran as {run}{reason or ': the execution before was stopped for it'}."
    times = f", {count:,} times" if count > 1 else ""
    return f"Did not run{times}{reason}."
