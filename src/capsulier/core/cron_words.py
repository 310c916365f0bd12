"""A cron in words. Said from the sets of minutes, hours and days that the fields mean, so that it cannot say less."""

from calendar import day_name, month_name
from collections.abc import Callable, Sequence

from cronsim import CronSim

from capsulier.core.cron import Cron

_ALL_DAYS, _ALL_MONTHS = set(range(1, 32)), set(range(1, 13))
_MOST_TIMES = 4
"""So many times of the day are listed one by one."""


def in_words(cron: Cron) -> str:
    """ "At 08:00, Monday to Friday", "Every 15 minutes", "At 00:00 on 1 January"."""
    fields = cron.fields
    time, is_certain = _time(sorted(fields.minutes), sorted(fields.hours))
    days = _days(fields)
    if not days and is_certain:
        days = "every day"
    return ", ".join(part for part in (time, days, _months(fields)) if part)


def _time(minutes: list[int], hours: list[int]) -> tuple[str, bool]:
    """The words, and whether they name times of the day, so that "every day" is to be said too."""
    if len(minutes) * len(hours) <= _MOST_TIMES:
        return f"At {_join([f'{hour:02d}:{minute:02d}' for hour in hours for minute in minutes])}", True
    often = _every(minutes, 60, "minute")
    if len(hours) == 24:
        if often:
            return often.capitalize(), False
        return ("Every hour" if minutes == [0] else f"Every hour at {_numbers(minutes, 'minute')}"), False
    if often and _is_run(hours):
        return f"{often.capitalize()} from {hours[0]:02d}:00 to {hours[-1]:02d}:{minutes[-1]:02d}", False
    if often:
        return f"{often.capitalize()} in {_numbers(hours, 'hour')}", False
    if every_hours := _every(hours, 24, "hour"):
        return f"{every_hours.capitalize()} at {_numbers(minutes, 'minute')}, counted from midnight", False
    if _is_run(hours):
        return f"Every hour from {hours[0]:02d} to {hours[-1]:02d} at {_numbers(minutes, 'minute')}", False
    return f"At {_numbers(minutes, 'minute')} of {_numbers(hours, 'hour')}", False


def _days(fields: CronSim) -> str:
    of_month, of_week = _days_of_month(fields), _days_of_week(fields)
    if of_month and of_week:
        # Cron's own rule: a field that begins with a star narrows the other one, two others widen each other.
        return f"on {of_month} where it is {of_week}" if fields.day_and else f"on {of_month} and also {of_week}"
    if not fields.day_and:
        return ""
    return f"on {of_month}" if of_month else of_week


def _days_of_month(fields: CronSim) -> str:
    days = set(fields.days)
    if days >= _ALL_DAYS:
        return ""
    named = [words for mark, words in _LAST_DAYS if mark in days]
    numbers = sorted(day for day in days if day > 0)
    said = [f"{_runs(numbers, lambda day: f'the {_ordinal(day)}')}"] if numbers else []
    return " and ".join(said + named) + (" of the month" if not named else "")


_LAST_DAYS = (
    (CronSim.LAST, "the last day of the month"),
    (CronSim.LAST_WEEKDAY, "the last weekday (Monday to Friday) of the month"),
)


def _days_of_week(fields: CronSim) -> str:
    plain = {day or 7 for day in fields.weekdays if isinstance(day, int)}
    if len(plain) == 7:
        return ""
    said = []
    if plain:
        said.append(_runs(sorted(plain), lambda day: day_name[day - 1]))
    for day, nth in sorted(each for each in fields.weekdays if isinstance(each, tuple)):
        which = "last" if nth == CronSim.LAST else _ordinal(nth)
        said.append(f"the {which} {day_name[(day - 1) % 7]} of the month")
    words = _join(said)
    return f"every {words}" if len(plain) == 1 and len(said) == 1 else words


def _months(fields: CronSim) -> str:
    months = set(fields.months)
    return "" if months >= _ALL_MONTHS else f"in {_runs(sorted(months), lambda month: month_name[month])}"


def _every(values: list[int], whole: int, unit: str) -> str:
    """ "every 15 minutes" where the values go round the whole in equal steps from 0."""
    step = whole // len(values)
    if values != list(range(0, whole, step)) or whole % step or len(values) == 1:
        return ""
    return f"every {unit}" if step == 1 else f"every {step} {unit}s"


def _is_run(values: Sequence[int]) -> bool:
    return len(values) > 1 and values[-1] - values[0] == len(values) - 1


def _numbers(values: list[int], unit: str) -> str:
    return f"{unit}{'s' if len(values) > 1 else ''} {_runs(values, str)}"


def _runs(values: list[int], name: Callable[[int], str]) -> str:
    """ "1 to 5 and 9": three or more in a row are said by their ends."""
    said: list[str] = []
    rest = list(values)
    while rest:
        run = next(length for length in range(len(rest), 0, -1) if rest[length - 1] - rest[0] == length - 1)
        first, last = name(rest[0]), name(rest[run - 1])
        said += [f"{first} to {last}"] if run > 2 else [name(value) for value in rest[:run]]
        rest = rest[run:]
    return _join(said)


def _join(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if words[1:] else words[0]


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    return f"{number}{ending}"
