"""What an alert tells of an execution, in words: shared by the text and the HTML of its mail."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from capsulier.clock import as_datetime
from capsulier.core.reasons import Reason, in_words
from capsulier.core.states import LIVE, State
from capsulier.core.wording import duration_in_words
from capsulier.logs.display import to_text
from capsulier.logs.files import LogName
from capsulier.logs.pages import tail
from capsulier.services.log_files import logs_of
from capsulier.services.manager_address import manager_address
from capsulier.store.models import Execution, Schedule
from capsulier.store.reads.job import read_usual_s

_LINES = 20
_LONGEST_LINE = 1_000
_TAIL_BYTES = 64 * 1024
_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that would turn around what stands after them, too."""
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
    state: State
    job_name: str
    number: int
    outcome: str
    """ "Failed", "Killed"."""
    why: str
    """ "exit 3", "stopped by Ana"; empty after a plain success."""
    rows: list[tuple[str, str]]
    """Label and value."""
    log: LogEnd | None
    log_url: str | None
    job_url: str | None


def alert_facts(execution: Execution) -> AlertFacts:
    """`execution` comes with its job, version, triggered_by and retry_of."""
    base = manager_address()
    return AlertFacts(
        state=State(execution.state),
        job_name=one_line(execution.job.name),
        number=execution.number,
        outcome=State(execution.state).value.capitalize(),
        why=why(execution),
        rows=[(label, one_line(value)) for label, value in _rows(execution)],
        log=_log_end(execution),
        log_url=f"{base}/executions/{execution.pk}" if base else None,
        job_url=f"{base}/jobs/{execution.job_id}" if base else None,
    )


def why(execution: Execution, *, is_short: bool = False) -> str:
    """The reason in words; short without its details, but for who stopped it."""
    reason = Reason(execution.reason) if execution.reason else None
    detail = "" if is_short and reason is not Reason.STOPPED else execution.detail
    return one_line(in_words(State(execution.state), reason, execution.exit_code, execution.signal, detail))


def one_line(text: str) -> str:
    """Without line breaks of any kind: what ends a header or begins another line is no part of a name."""
    return " ".join(text.translate(_DIRECTIONS).split())


def _rows(execution: Execution) -> Iterator[tuple[str, str]]:
    zone = _zone(execution)
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


def _zone(execution: Execution) -> ZoneInfo:
    """That of the job's schedule, in which its people think."""
    schedule = Schedule.objects.filter(job=execution.job_id).first()
    with suppress(ZoneInfoNotFoundError, ValueError):  # gone from this machine's list since
        return ZoneInfo(schedule.timezone if schedule else "UTC")
    return ZoneInfo("UTC")


def _instant(us: int, zone: ZoneInfo) -> str:
    local = as_datetime(us).astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S} {zone}"


def _log_end(execution: Execution) -> LogEnd | None:
    """Of the error log; where nothing stands there, of the standard log; of the preparation where that has failed."""
    names = [LogName.STDERR, LogName.STDOUT]
    if execution.reason == Reason.SETUP:
        names.insert(0, LogName.SETUP)
    for name in names:
        with suppress(OSError):  # it never began, or the log is no longer kept
            found = tail(logs_of(execution).log(name), _LINES, max_bytes=_TAIL_BYTES)
            lines = [_shown(each.data) for each in found]
            if any(line.strip() for line in lines):
                return LogEnd(_LOG_LABELS[name], lines)
    return None


def _shown(data: bytes) -> str:
    line = _COLOURS.sub("", to_text(data))
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
