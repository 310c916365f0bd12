"""A cron in words. Said from the sets of minutes, hours and days that the fields mean, so that it cannot say less."""

from calendar import day_name, month_name
from collections.abc import Callable

from cronsim import CronSim

from capsulier.core.cron import Cron

_MOST_TIMES = 4
"""So many times of the day are listed one by one."""

_LAST_DAYS = (
    (CronSim.LAST, "the last day of the month"),
    (CronSim.LAST_WEEKDAY, "the last weekday (Monday to Friday) of the month"),
)


def in_words(cron: Cron) -> str:
    """ "At 08:00, Monday to Friday", "Every 15 minutes", "At 00:00, on 1 January"."""
    fields = cron.fields
    minutes, hours = sorted(fields.minutes), sorted(fields.hours)
    if len(minutes) * len(hours) <= _MOST_TIMES:
        time = f"At {_join([f'{hour:02d}:{minute:02d}' for hour in hours for minute in minutes])}"
        days = _days(fields) or "every day"
    else:
        time = _every_hour(minutes) if len(hours) == 24 else _certain_hours(minutes, hours)
        days = _days(fields)
    return f"{time}, {days}" if days else time


def _every_hour(minutes: list[int]) -> str:
    if often := _every(minutes, 60, "minute"):
        return often
    return "Every hour" if minutes == [0] else f"Every hour at {_numbers(minutes, 'minute')}"


def _certain_hours(minutes: list[int], hours: list[int]) -> str:
    is_run = len(hours) > 1 and hours[-1] - hours[0] == len(hours) - 1
    first, last = f"{hours[0]:02d}:{minutes[0]:02d}", f"{hours[-1]:02d}:{minutes[-1]:02d}"
    if often := _every(minutes, 60, "minute"):
        return f"{often} from {first} to {last}" if is_run else f"{often} in {_numbers(hours, 'hour')}"
    if is_run and len(minutes) == 1:
        return f"Every hour from {first} to {last}"
    every_hours = _every(hours, 24, "hour")
    if every_hours and len(minutes) == 1:
        return f"{every_hours} from {first}"
    return f"At {_numbers(minutes, 'minute')} of {_numbers(hours, 'hour')}"


def _days(fields: CronSim) -> str:
    months, numbers = sorted(fields.months), sorted(fields.days)
    of_month, of_week = _days_of_month(numbers), _days_of_week(fields)
    if len(months) == len(numbers) == 1 and numbers[0] > 0 and fields.day_and and not of_week:
        return f"on {numbers[0]} {month_name[months[0]]}"
    if of_month and of_week:
        # Cron's own rule: a field that begins with a star narrows the other one, two others widen each other.
        joined = f", if it is {of_week.removeprefix('every ')}" if fields.day_and else f" and also {of_week}"
        days = f"on {of_month}{joined}"
    elif not fields.day_and:
        days = ""
    else:
        days = f"on {of_month}" if of_month else of_week
    in_months = f"in {_runs(months, lambda month: month_name[month])}" if len(months) < 12 else ""
    return ", ".join(part for part in (days, in_months) if part)


def _days_of_month(days: list[int]) -> str:
    numbers = [day for day in days if day > 0]
    if len(numbers) == 31:
        return ""
    said = [words for mark, words in _LAST_DAYS if mark in days]
    step = numbers[1] - 1 if len(numbers) > _MOST_TIMES else 0
    if step > 1 and numbers == list(range(1, 32, step)):
        said.insert(0, f"every {_ordinal(step)} day of the month from the 1st")
    elif numbers:
        said.insert(0, _runs(numbers, lambda day: f"the {_ordinal(day)}") + (" of the month" if not said else ""))
    return _join(said)


def _days_of_week(fields: CronSim) -> str:
    plain = {day or 7 for day in fields.weekdays if isinstance(day, int)}
    if len(plain) == 7:
        return ""
    said = [f"the {_nth(nth)} {day_name[day - 1]} of the month" for day, nth in sorted(_nth_days(fields))]
    if plain:
        said.insert(0, _runs(sorted(plain), lambda day: day_name[day - 1]))
    return f"every {said[0]}" if len(plain) == len(said) == 1 else _join(said)


def _nth_days(fields: CronSim) -> set[tuple[int, int]]:
    return {(each[0] or 7, each[1]) for each in fields.weekdays if isinstance(each, tuple)}


def _nth(nth: int) -> str:
    return "last" if nth == CronSim.LAST else _ordinal(nth)


def _every(values: list[int], whole: int, unit: str) -> str:
    """ "Every 15 minutes" where the values go round the whole in equal steps from 0; empty where they do not."""
    step = whole // len(values)
    if len(values) == 1 or values != list(range(0, whole, step)):
        return ""
    return f"Every {unit}" if step == 1 else f"Every {step} {unit}s"


def _numbers(values: list[int], unit: str) -> str:
    return f"{unit}{'s' if len(values) > 1 else ''} {_runs(values, str)}"


def _runs(values: list[int], name: Callable[[int], str]) -> str:
    """ "1 to 5 and 9": three or more in a row are said by their ends."""
    said: list[str] = []
    rest = list(values)
    while rest:
        run = next(length for length in range(len(rest), 0, -1) if rest[length - 1] - rest[0] == length - 1)
        said += [f"{name(rest[0])} to {name(rest[run - 1])}"] if run > 2 else [name(value) for value in rest[:run]]
        rest = rest[run:]
    return _join(said)


def _join(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if words[1:] else words[0]


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    return f"{number}{ending}"
