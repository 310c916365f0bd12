"""The answer to "why didn't it run at 03:00?", from the records around that moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record of the fire ledger; its instants in the zone that the answer is given in."""

    due: datetime
    words: str
    """Its sentence."""
    until: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Around:
    """What the ledger has around a moment."""

    at: Recorded | None
    """Due at that moment, or a stretch of like instants that reaches over it."""
    before: Recorded | None
    after: Recorded | None


def stretch_of(at: datetime) -> tuple[datetime, datetime]:
    """What a person means by that time: "03:00" is the whole minute, "03:00:20" the second."""
    span = timedelta(minutes=1) if at.second == at.microsecond == 0 else timedelta(seconds=1)
    return at, at + span


def answer(at: datetime, around: Around, *, due: datetime | None, now: datetime, is_led: bool) -> str:
    """A few sentences. `due` is an instant of the schedule, as it is now, that nobody has decided about and that is
    meant; `is_led` whether a conductor is there to decide."""
    begin, end = stretch_of(at)
    if around.at is not None:
        return _told(around.at, begin, end)
    if due is not None and due > now:
        return f"It will be due at {_clock(due)}."
    if due is not None:
        return f"Due at {_clock(due)}, and not decided yet{'' if is_led else ': no conductor is running'}."
    if at > now:
        return f"Nothing will be due at {_clock(at)}."
    nothing = f"Nothing was due at {_clock(at)}."
    if around.before is None and around.after is None:
        return f"{nothing} No instant of this job has ever been due."
    return " ".join([nothing, *_neighbours(around, at)])


def _told(record: Recorded, begin: datetime, end: datetime) -> str:
    if record.until is None:
        return f"Due at {_clock(record.due)}. {record.words}"
    many = f"{record.count:,} instants from {_clock(record.due)} to {_clock(record.until, record.due)}"
    return f"{'One of' if begin <= record.due < end else 'In a stretch of'} {many}. {record.words}"


def _neighbours(around: Around, at: datetime) -> list[str]:
    said = []
    if around.before is not None:
        last = around.before.until or around.before.due
        said.append(f"Before that, at {_clock(last, at)}: {_small(around.before)}")
    if around.after is not None:
        said.append(f"After that, at {_clock(around.after.due, at)}: {_small(around.after)}")
    return said


def _small(record: Recorded) -> str:
    return record.words[0].lower() + record.words[1:]


def _clock(at: datetime, beside: datetime | None = None) -> str:
    """The day only where it is another than that of a time named before."""
    shown = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return shown if beside and beside.date() == at.date() else f"{shown} on {at.day} {at:%b %Y}"
