"""A period: the delay between two runs, or before a retry, as ISO 8601 writes it (`P1D`, `PT15M`, `P1M`)."""

import re
from calendar import monthrange
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta

from capsulier.core.errors import Invalid

_ISO = re.compile(
    r"P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_LONGEST = timedelta(days=100 * 366)
_EXAMPLES = "Write it as PT15M (15 minutes), PT1H, P1D (a day), P1W or P1M (a month)."


@dataclass(frozen=True, slots=True)
class Period:
    """Its units stay as they were given: 24 hours are not a day when the clocks change."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0 or not any(astuple(self)):
            raise Invalid("A delay must be longer than zero.", field="schedule")
        # The sum first: a timedelta of too many days cannot even be made.
        days = self.calendar_months * 28 + self.calendar_days + self.clock_s // 86_400
        if days > _LONGEST.days:
            raise Invalid("A delay is at most 100 years.", field="schedule")

    @property
    def calendar_months(self) -> int:
        return self.years * 12 + self.months

    @property
    def calendar_days(self) -> int:
        return self.weeks * 7 + self.days

    @property
    def clock_s(self) -> int:
        return self.hours * 3600 + self.minutes * 60 + self.seconds

    @property
    def is_elapsed(self) -> bool:
        """Counted in elapsed time; a period of days or more keeps the time on the clock instead."""
        return not (self.calendar_months or self.calendar_days)

    @property
    def shortest(self) -> timedelta:
        """What it lasts at the least, on a calendar without clock changes."""
        return timedelta(days=self.calendar_months * 28 + self.calendar_days, seconds=self.clock_s)

    @property
    def text(self) -> str:
        date = "".join(f"{getattr(self, unit)}{unit[0].upper()}" for unit in _DATE_UNITS if getattr(self, unit))
        time = "".join(f"{getattr(self, unit)}{unit[0].upper()}" for unit in _TIME_UNITS if getattr(self, unit))
        return f"P{date}" + (f"T{time}" if time else "")

    def times(self, count: int, start: datetime) -> datetime:
        """`start` and this period `count` times, in one step: 31 January + 2 × a month is 31 March."""
        month = start.month - 1 + self.calendar_months * count
        year, month = start.year + month // 12, month % 12 + 1
        day = min(start.day, monthrange(year, month)[1])
        rest = timedelta(days=self.calendar_days * count, seconds=self.clock_s * count)
        return start.replace(year=year, month=month, day=day) + rest

    def in_words(self) -> str:
        """ "2 days", "1 hour and 30 minutes"."""
        units = [(getattr(self, unit), unit) for unit in _DATE_UNITS + _TIME_UNITS if getattr(self, unit)]
        said = [f"{count} {unit if count > 1 else unit[:-1]}" for count, unit in units]
        return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)

    def every(self) -> str:
        """ "every day", "every 2 days"."""
        words = self.in_words()
        return f"every {words.removeprefix('1 ')}" if " and " not in words else f"every {words}"


_UNITS = tuple(each.name for each in fields(Period))
_DATE_UNITS, _TIME_UNITS = _UNITS[:4], _UNITS[4:]


def parse_period(text: str, *, field: str = "schedule") -> Period:
    """Read an ISO 8601 duration in whole units; `field` is where a refusal belongs."""
    found = _ISO.fullmatch(text.strip().upper())
    if not found:
        raise Invalid(f"“{text[:40]}” is not a delay. {_EXAMPLES}", field=field)
    try:
        return Period(**{unit: int(count) for unit, count in found.groupdict(default="0").items()})
    except Invalid as refused:
        raise Invalid(f"{refused.sentence} {_EXAMPLES}", field=field) from None


def elapsed_seconds(period: Period, *, field: str = "retry_delay") -> int:
    """A period as plain seconds, for a delay that starts at any moment; months and years have no fixed length."""
    if period.calendar_months:
        raise Invalid("Give this delay in seconds, minutes, hours, days or weeks.", field=field)
    return period.calendar_days * 86_400 + period.clock_s
