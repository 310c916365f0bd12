"""How a job or an execution stands: icon, word, reason, time."""

from datetime import UTC, datetime
from typing import Any

from capsulier.cli.output import Cell
from capsulier.core.overrun import in_words
from capsulier.core.states import Status
from capsulier.core.wording import ago, duration_in_words, size_in_words, until

_LOOKS = {
    Status.RUNNING: ("▶", "blue"),
    Status.PENDING: ("◌", "magenta"),
    Status.QUEUED: ("⧖", ""),
    Status.WAITING: ("◷", "cyan"),
    Status.SUCCESS: ("✓", "green"),
    Status.FAILED: ("✕", "red"),
    Status.KILLED: ("⊘", "yellow"),
    Status.NEVER: ("○", "dim"),
}


def status_icon(status: Status) -> tuple[str, str]:
    """Icon and style."""
    return _LOOKS[status]


def job_status(job: dict[str, Any]) -> Cell:
    """Icon and word. A job that waits shows its last outcome's icon first."""
    status = Status(job["status"])
    icon, style = _LOOKS[status]
    if status is Status.WAITING and job.get("last_outcome"):
        last, style = _LOOKS[Status(job["last_outcome"])]
        icon = last + icon
    return Cell(f"{icon} {status.label}", style)


def execution_state(execution: dict[str, Any]) -> Cell:
    """Icon, word and why: "✕ Failed, exit 3", "⧖ Queued, retry in 4 min"."""
    status = Status(execution["state"])
    icon, style = _LOOKS[status]
    waits = execution["waits"]["words"] if execution.get("waits") else ""
    overrun = in_words(None) if status is Status.RUNNING and execution.get("warned_at") else ""
    return Cell(", ".join(filter(None, (f"{icon} {status.label}", execution["why"], waits, overrun))), style)


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def distance(text: str | None) -> str:
    """How far from now: "3 h ago", "in 2 days"."""
    at = instant(text)
    if at is None:
        return ""
    seconds = (at - datetime.now(UTC)).total_seconds()
    return until(seconds) if seconds > 0 else ago(-seconds)


def exact_time(text: str | None) -> str:
    """In the zone of this machine: "2026-12-01 08:00:00+01:00"."""
    at = instant(text)
    return at.astimezone().isoformat(" ", "seconds") if at else ""


def exact_and_distance(text: str | None) -> str:
    """For lines with room: "2026-12-01 08:00:00+01:00, in 8 days"."""
    return f"{exact_time(text)}, {distance(text)}" if text else ""


def last_run(execution: dict[str, Any]) -> str:
    """When it was, and why it ended as it did: "3 h ago, exit 3"."""
    at = execution["ended_at"] or execution["started_at"] or execution["queued_at"]
    return ", ".join(filter(None, (distance(at), execution["why"])))


def took(execution: dict[str, Any]) -> str:
    """How long it ran, or has run until now."""
    begun, ended = instant(execution.get("started_at")), instant(execution.get("ended_at"))
    if begun is None:
        return ""
    return duration_in_words(((ended or datetime.now(UTC)) - begun).total_seconds())


def used_cpu(execution: dict[str, Any]) -> str:
    """The processor time that it has taken; empty where nobody knows."""
    return "" if execution.get("cpu_us") is None else duration_in_words(execution["cpu_us"] / 1_000_000)


def used_memory(execution: dict[str, Any]) -> str:
    """The most memory that it had; empty where nobody knows."""
    return size_in_words(execution["peak_bytes"]) if execution.get("peak_bytes") else ""
