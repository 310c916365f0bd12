"""Durations as a form says them: a number and a unit."""

import re

from capsulier.core.errors import CapsulierError
from capsulier.core.period import Period, parse_period

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
SECOND_CHOICES = [("s", "seconds"), ("min", "minutes"), ("h", "hours"), ("d", "days")]

_PERIOD_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks", "m": "months"}
PERIOD_CHOICES = list(_PERIOD_UNITS.items())
ISO = "iso"
"""The unit of a period that is more than one number and one unit: written as ISO 8601 does."""
ISO_CHOICE = (ISO, "(as ISO 8601)")


def split_seconds(seconds: int | None) -> tuple[int | None, str]:
    """In the largest unit that says it without a rest: 300 is (5, "min")."""
    if seconds is None:
        return None, "min"
    for unit, length in reversed(SECONDS.items()):
        if seconds and seconds % length == 0:
            return seconds // length, unit
    return seconds, "s"


def join_seconds(number: float | None, unit: str) -> int | None:
    return None if number is None else round(number * SECONDS.get(unit, 1))


def split_period(text: str) -> tuple[str, str]:
    """ "P2D" is ("2", "d"); what needs more than one unit stays as it is, with the unit ISO."""
    try:
        period = parse_period(text)
    except CapsulierError:
        return text, ISO
    given = [(unit, count) for unit, name in _PERIOD_UNITS.items() if (count := getattr(period, name))]
    if len(given) == 1 and not period.years:
        return str(given[0][1]), given[0][0]
    return period.text, ISO


def join_period(number: str, unit: str) -> str:
    """As ISO 8601; what cannot be one comes back as it was typed, for the parser to say so."""
    number = number.strip()
    if unit == ISO or not re.fullmatch(r"[0-9]{1,9}", number) or unit not in _PERIOD_UNITS or not int(number):
        return number
    return Period(**{_PERIOD_UNITS[unit]: int(number)}).text
