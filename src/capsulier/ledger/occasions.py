"""Occasions of alerts: noted in the transaction in which they happen, told afterwards."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from capsulier.ledger import statements
from capsulier.ledger.statements import as_json
from capsulier.ledger.wake import ALERTS, wake


@dataclass(frozen=True, slots=True)
class Happened:
    """`kind` happened to this execution, or at this instant of the job's schedule."""

    kind: str
    """end, missed, late, waiting, long."""
    job_id: int
    execution_id: int | None = None
    due_us: int | None = None
    count: int = 1
    words: str = ""

    @property
    def event(self) -> str:
        what = self.execution_id if self.execution_id is not None else f"{self.job_id}:{self.due_us}"
        return f"{self.kind}:{what}"


def has_listeners(job: Any) -> bool:
    """Whether a job with these facts tells anybody anything."""
    return bool(as_json(job.alert_emails) or as_json(job.alert_channels))


def note(happened: Sequence[Happened], now_us: int) -> None:
    """Note these, part of the caller's transaction. An event that is known already stays as it is."""
    if happened:
        rows = [{**asdict(each), "event": each.event} for each in happened]
        statements.run("insert_occasions", rows, now_us=now_us, yes=True)
        wake(ALERTS)
