"""A repeat in words."""

from calendar import month_name
from datetime import datetime

from capsulier.core.repeat import Repeat


def in_words(repeat: Repeat) -> str:
    """ "Every 2 days at 08:00, 5 times, from 24 November 2026"; a delay shorter than a day has no fixed time."""
    every, start = repeat.period.every().capitalize(), repeat.start
    parts = [_times(repeat.times)] if repeat.times is not None else []
    if repeat.period.is_elapsed:
        parts = [every, *parts, f"from {day(start)} at {clock(start)}"]
    else:
        parts = [f"{every} at {clock(start)}", *parts, f"from {day(start)}"]
    if repeat.period.calendar_months and not repeat.period.calendar_days and start.day > 28:
        parts.append("the last day where a month is shorter")
    return ", ".join(parts)


def day(when: datetime) -> str:
    return f"{when.day} {month_name[when.month]} {when.year}"


def clock(when: datetime) -> str:
    """ "08:00", with seconds only where there are any."""
    return f"{when:%H:%M:%S}" if when.second else f"{when:%H:%M}"


def _times(times: int) -> str:
    return {0: "never (0 times)", 1: "once", 2: "twice"}.get(times, f"{times} times")
