"""The alerts that a message tells of beside its newest: a line each."""

from collections.abc import Sequence

from capsulier.services.alert_words import because, execution_of, one_line, what
from capsulier.store.models import Alert

_MOST = 20


def other_lines(alerts: Sequence[Alert], newest: Alert) -> list[str]:
    """The newest first, and how many more there are."""
    others = sorted((each for each in alerts if each is not newest), key=lambda each: -each.pk)
    lines = [_line(each, newest) for each in others[:_MOST]]
    return [*lines, f"and {len(others) - _MOST:,} more"] if len(others) > _MOST else lines


def _line(alert: Alert, newest: Alert) -> str:
    """ "#11 failed, exit 3"; with the job's name where that is another."""
    execution = execution_of(alert)
    name = one_line(alert.job.name) if alert.job and alert.job_id != newest.job_id else ""
    head = " ".join(filter(None, (name, f"#{execution.number}" if execution else "", what(alert).lower())))
    return ", ".join(filter(None, (head, because(alert))))
