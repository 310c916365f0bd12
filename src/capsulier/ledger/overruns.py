"""Executions that run for longer than their job wants to be warned after."""

from django.db import transaction

from capsulier.ledger import statements
from capsulier.ledger.occasions import Happened, note
from capsulier.ledger.wake import PAGES, wake


@transaction.atomic(savepoint=False)
def note_overruns(now_us: int) -> list[int]:
    """Mark those that have just become such, as an occasion of alerts, too; answer their ids. Each is noted once,
    however often and by however many this is called."""
    rows = statements.run("note_overruns", now_us=now_us)
    if rows:
        jobs = sorted({row.job_id for row in rows})
        statements.run("touch_jobs", [{"job_id": each} for each in jobs], now_us=now_us)
        note([Happened("long", row.job_id, row.id) for row in rows], now_us)
        wake(PAGES)
    return [row.id for row in rows]
