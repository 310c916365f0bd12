"""Fire what is due."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from capsulier.clock import as_us
from capsulier.core.catch_up import CatchUp
from capsulier.core.fires import FireWhy
from capsulier.core.reasons import Reason
from capsulier.ledger import firing
from capsulier.ledger.lease import check_epoch
from capsulier.ledger.stops import live_executions, request_stop
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.due_fires import account
from capsulier.services.snapshots import snapshots

_BATCH = 500


class Fired(NamedTuple):
    schedules: int
    next_due_us: int | None


def fire_schedules(epoch: int, now: datetime) -> Fired:
    """Write the fires that are due and queue their executions, for at most a batch of schedules in one transaction.

    For the leader only: raises Deposed where `epoch` is no longer the current one.
    """
    now_us = as_us(now)
    with transaction.atomic():
        check_epoch(epoch)
        rows = firing.due_schedules(now_us, _BATCH)
        if rows:
            shaped = snapshots([row.version_id for row in rows])
            advances = [
                account(row, now, shaped[row.version_id], policy=CatchUp(row.catch_up), why=FireWhy.DOWN)
                for row in rows
            ]
            for each in advances:
                if each.stops_live:
                    live = live_executions(each.job_id)
                    request_stop(live, by="a later execution", now_us=now_us, reason=Reason.REPLACED)
            firing.advance(advances, now_us)
            wake(CONDUCTOR, PAGES)
        return Fired(len(rows), firing.next_due_us())
