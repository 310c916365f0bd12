"""What an alert tells at length: shared by the text and the HTML of its mail, and by what channels get."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from capsulier.clock import as_datetime
from capsulier.core.alerts import AlertLimit
from capsulier.core.reasons import Reason
from capsulier.core.states import LIVE, State
from capsulier.core.wording import duration_in_words
from capsulier.logs.display import to_text
from capsulier.logs.files import LogName
from capsulier.logs.pages import tail
from capsulier.services.alert_words import NOTICES, because, cut, execution_of, one_line, tone, what
from capsulier.services.log_files import logs_of
from capsulier.services.manager_address import manager_address
from capsulier.services.sealing import SecretUnreadable
from capsulier.services.what_changed import what_changed
from capsulier.store.models import Alert, Execution, Schedule
from capsulier.store.reads.job import read_usual_s

_WITHOUT_LOG = NOTICES.keys() - {AlertLimit.LONG}
"""What is told before anything was written."""
_LINES = 20
_LONGEST_LINE = 1_000
_MOST_CHANGES = 8
_LONGEST_VALUE = 120
_TAIL_BYTES = 64 * 1024
_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
_STARTED = {"manual": "by hand", "api": "through the API", "schedule": "by its schedule", "retry": "as a retry"}
_LOG_LABELS = {LogName.STDERR: "error log", LogName.STDOUT: "standard log", LogName.SETUP: "log of the preparation"}


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The last lines of the log that says most."""

    label: str
    """ "error log"."""
    lines: list[str]


@dataclass(frozen=True, slots=True)
class AlertFacts:
    tone: str
    """success, failed, killed or notice: its colour."""
    job_name: str
    headline: str
    """ "Failed, exit 3", "Back to normal", "Did not start, 3 times: the manager was down": what became of the job."""
    subject: str
    """ "Failed: nightly #12, exit 3"."""
    sentence: str
    """The same with all of its reason."""
    rows: list[tuple[str, str]]
    """Label and value."""
    changes: list[str]
    """Of a failure: what is not as it was at the last success; empty where nothing is known of one."""
    log: LogEnd | None
    log_url: str | None
    job_url: str | None


def alert_facts(alert: Alert) -> AlertFacts:
    """`alert` comes with its job and its occasion, with the execution of that and what belongs to it."""
    base, execution = manager_address(), execution_of(alert)
    job = alert.job
    name = one_line(job.name) if job else "Capsulier"
    number = f" #{execution.number}" if execution else ""
    head, reason = what(alert), because(alert, is_short=False)
    return AlertFacts(
        tone=tone(alert),
        job_name=name,
        headline=_joined(head, reason),
        subject=f"{head}: {_joined(cut(name) + number, because(alert))}",
        sentence=f"{head}: {_joined(name, reason)}",
        rows=[(label, one_line(value)) for label, value in _rows(alert)],
        changes=_changes(execution) if execution and execution.state == State.FAILED else [],
        log=_log_end(execution) if execution and alert.kind not in _WITHOUT_LOG else None,
        log_url=f"{base}/executions/{execution.pk}" if base and execution else None,
        job_url=f"{base}/jobs/{job.pk}" if base and job else None,
    )


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _rows(alert: Alert) -> Iterator[tuple[str, str]]:
    if execution := execution_of(alert):
        yield from _rows_of(execution)
    elif alert.occasion and alert.occasion.due_us is not None:
        yield "Due", _instant(alert.occasion.due_us, _zone(alert.occasion.job_id))


def _rows_of(execution: Execution) -> Iterator[tuple[str, str]]:
    zone = _zone(execution.job_id)
    yield "Execution", _which(execution)
    yield "Started", _how_started(execution)
    if execution.due_us is not None:
        yield "Due", _instant(execution.due_us, zone)
    if execution.started_us is not None:
        yield "Began", _instant(execution.started_us, zone)
    if execution.ended_us is not None:
        yield "Ended", _instant(execution.ended_us, zone)
    if took := _took(execution):
        yield "Took", took
    if execution.exit_code is not None:
        yield "Exit code", str(execution.exit_code)
    if next_attempt := Execution.objects.filter(retry_of=execution, state__in=LIVE).first():
        yield "Next", f"attempt {next_attempt.attempt}, at {_instant(next_attempt.not_before_us, zone)}"


def _which(execution: Execution) -> str:
    words = f"#{execution.number}, version {execution.version.number}"
    attempts = execution.job.retries + 1
    return words + (f", attempt {execution.attempt} of {max(attempts, execution.attempt)}" if attempts > 1 else "")


def _how_started(execution: Execution) -> str:
    words = _STARTED.get(execution.trigger, execution.trigger)
    if execution.trigger == "retry" and execution.retry_of:
        words += f" of #{execution.retry_of.number}"
    return f"{words}, {execution.triggered_by}" if execution.triggered_by else words


def _took(execution: Execution) -> str:
    """ "4 min 05 s, usually 3 min 50 s"."""
    if execution.started_us is None or execution.ended_us is None:
        return ""
    words = duration_in_words((execution.ended_us - execution.started_us) / 1_000_000)
    usual_s = read_usual_s(execution.job, before=execution.number)
    return words if usual_s is None else f"{words}, usually {duration_in_words(usual_s)}"


def _zone(job_id: int) -> ZoneInfo:
    """That of the job's schedule, in which its people think."""
    schedule = Schedule.objects.filter(job=job_id).first()
    with suppress(ZoneInfoNotFoundError, ValueError):  # gone from this machine's list since
        return ZoneInfo(schedule.timezone if schedule else "UTC")
    return ZoneInfo("UTC")


def _instant(us: int, zone: ZoneInfo) -> str:
    local = as_datetime(us).astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S} {zone}"


def _changes(execution: Execution) -> list[str]:
    """ "Version: 3, now 4", "Duration: 12 s, now 48 s"."""
    comparison = what_changed(execution)
    if comparison is None:
        return []
    lines = [
        f"{each.label}: {_shortened(each.before)}, now {_shortened(each.after)}" for each in comparison.differences
    ]
    return [*lines[:_MOST_CHANGES], f"and {len(lines) - _MOST_CHANGES} more"] if len(lines) > _MOST_CHANGES else lines


def _shortened(value: str) -> str:
    value = one_line(value)
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def _log_end(execution: Execution) -> LogEnd | None:
    """Of the error log; where nothing stands there, of the standard log; of the preparation where that has failed."""
    names = [LogName.STDERR, LogName.STDOUT]
    if execution.reason == Reason.SETUP:
        names.insert(0, LogName.SETUP)
    for name in names:
        # It never began, the log is no longer kept, or its secrets could not be masked.
        with suppress(OSError, SecretUnreadable):
            found = tail(logs_of(execution).log(name), _LINES, max_bytes=_TAIL_BYTES)
            lines = [_shown(each.data) for each in found]
            if any(line.strip() for line in lines):
                return LogEnd(_LOG_LABELS[name], lines)
    return None


def _shown(data: bytes) -> str:
    line = _COLOURS.sub("", to_text(data))
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
