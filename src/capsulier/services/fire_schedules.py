"""Fire what is due."""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.clock import as_us
from capsulier.core.catch_up import CatchUp
from capsulier.core.fires import FireWhy
from capsulier.ledger import firing
from capsulier.ledger.lease import check_epoch
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.due_fires import account, fire_no_more, let_pass
from capsulier.services.snapshots import snapshots

_log = logging.getLogger(__name__)
_BATCH = 500


class Fired(NamedTuple):
    schedules: int
    late_us: list[int]
    """Of each execution that was queued: by how much after it was due."""
    next_due_us: int | None


def fire_schedules(epoch: int, now: datetime) -> Fired:
    """Write the fires that are due and queue their executions, for at most a batch of schedules in one transaction;
    of paused ones note what passes.

    For the leader only: raises Deposed where `epoch` is no longer the current one.
    """
    now_us = as_us(now)
    with transaction.atomic():
        check_epoch(epoch)
        rows = firing.due_schedules(now_us, _BATCH)
        shaped = snapshots([row.version_id for row in rows]) if rows else {}
        decided = [_account(row, now, shaped) for row in rows]
        firing.note_pauses([each for each in decided if isinstance(each, firing.Pause)], now_us)
        advances = [each for each in decided if isinstance(each, firing.Advance)]
        if advances:
            firing.advance(advances, now_us)
            wake(CONDUCTOR, PAGES)
        started = [fire for each in advances for fire in each.fires if fire.execution is not None]
        return Fired(len(rows), [now_us - fire.due_us for fire in started], firing.next_due_us())


def _account(row: Any, now: datetime, shaped: dict[int, dict[str, Any]]) -> firing.Advance | firing.Pause:
    """One schedule that nobody can work out does not hold the others up: they are all in one transaction."""
    try:
        if row.paused:
            return let_pass(row, now)
        return account(row, now, shaped[row.version_id], policy=CatchUp(row.catch_up), why=FireWhy.DOWN)
    except Exception:
        _log.exception("The schedule of job %d fires no more.", row.job_id, extra={"job_id": row.job_id})
        return fire_no_more(row, now, "Capsulier failed to work the schedule out; its log says more")
