"""Times on the command line: in the zone of this machine where they name none."""

from datetime import datetime, time, timedelta

from capsulier.core.errors import Invalid


def parse_moment(text: str, now: datetime, option: str) -> datetime:
    """ "03:00" is the last time the clock showed that, "2026-12-01" the beginning of that day; ISO 8601 otherwise."""
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        pass
    else:
        at = datetime.combine(now.date(), clock).astimezone()
        return at if at <= now else datetime.combine(now.date() - timedelta(days=1), clock).astimezone()
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise Invalid(
            f"“{text}” is not a time for {option}. Write 03:00, 2026-12-01 or 2026-12-01T03:00.", field=option
        ) from None
