"""A row of the audit trail in words: who did what, and what stood there before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capsulier.core.errors import CapsulierError
from capsulier.core.schedule import in_words, parse_schedule
from capsulier.core.trail import Subject
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Change

_LABELS = {
    "name": "Name",
    "command": "Command",
    "version": "Version",
    "note": "Release note",
    "description": "Description",
    "schedule": "Schedule",
    "max_running": "Executions at once",
    "overlap": "While one is running",
    "catch_up": "Missed runs",
    "retries": "Retries",
    "retry_delay_s": "Retry after",
    "retry_growth": "Retry delay grows by",
    "retry_cap_s": "Longest retry delay",
    "keep_days": "Executions kept, days",
    "keep_executions": "Executions kept",
    "keep_log_days": "Logs kept, days",
    "keep_mb": "Files kept, MB",
    "keep_work_days": "Working directories kept, days",
    "alert_emails": "Alerts to",
    "alert_on": "Alerts on",
    "queued": "Killed in the queue",
    "execution": "Execution",
    "executions": "Executions",
    "variables": "Variables",
    "value": "Value",
    "force": "At once",
    "alert_channels": "Alerts to channels",
    "alert_failures": "Alert on failures in a row",
    "alert_late_s": "Alert on a late start",
    "warn_after_s": "Warn after",
    "alert_waiting_s": "Alert on a wait in the queue",
}
_DONE = {
    "created": "created the job",
    "edited": "changed the settings",
    "upgraded": "upgraded the job",
    "rolled back": "rolled the job back",
    "starred": "set a major version",
    "unstarred": "unset a major version",
    "deleted": "deleted the job",
    "restored": "restored the job",
    "paused": "paused the schedule",
    "resumed": "resumed the schedule",
    "cleared the queue": "cleared the queue",
    "ran": "ran the job",
    "stopped": "stopped executions",
}
"""The audit trail's verbs in a sentence; others stand as they are."""


_OF_JOB = (Subject.JOB, Subject.VERSION, Subject.EXECUTION)
"""Their changes are called by the job's name."""


@dataclass(frozen=True, slots=True)
class ShownFact:
    label: str
    before: str
    """Empty where nothing stood there."""
    after: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    at: datetime
    who: str
    via: str
    """Empty for a page, which is the usual way."""
    words: str
    facts: Sequence[ShownFact]
    name: str = ""
    """Of what was changed, behind the words; empty where the page is about it."""
    url: str = ""
    whence: str = ""
    """The address that they asked from."""
    agent: str = ""


def show_change(change: Change, *, in_full: bool = False) -> ShownChange:
    """`in_full`, for a page that is not about its job: with its name, and where it was asked for."""
    keys = [*change.before, *(key for key in change.after if key not in change.before)]
    facts = [
        ShownFact(_LABELS.get(key, key), _words(key, change.before.get(key)), _words(key, change.after.get(key)))
        for key in keys
    ]
    return ShownChange(
        at=change.at,
        who=change.who,
        via="" if change.via == "page" else change.via,
        words=_done(change),
        facts=[fact for fact in facts if fact.before or fact.after],
        name=change.name if in_full or change.subject not in _OF_JOB else "",
        url=_url(change) if in_full and change.job_id else "",
        whence=change.address if in_full else "",
        agent=change.agent if in_full else "",
    )


def _url(change: Change) -> str:
    return f"/jobs/{change.job_id}" + ("" if change.subject in _OF_JOB else "/variables")


def _done(change: Change) -> str:
    """What is called by its own name has that behind."""
    if change.subject in _OF_JOB:
        return _DONE.get(change.verb, change.verb)
    if change.subject in (Subject.SIGN_IN, Subject.TRAIL):
        return change.verb
    return f"{change.verb} the {change.subject}"


def _words(key: str, value: Any) -> str:
    if key == "schedule":
        return _schedule(value or {})
    if value in (None, [], ""):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return duration_in_words(value) if key.endswith("_s") else str(value)


def _schedule(facts: dict[str, Any]) -> str:
    if not facts:
        return "by hand only"
    paused = ", paused" if facts.get("paused") else ""
    try:
        until = datetime.fromisoformat(facts["until"]) if facts.get("until") else None
        parsed = parse_schedule(
            repeat=facts.get("repeat") or None, cron=facts.get("cron") or None, zone=facts["timezone"], until=until
        )
    except (CapsulierError, KeyError, ValueError):
        return f"{facts.get('repeat') or facts.get('cron')}{paused}"
    return f"{in_words(parsed)}{paused}"
