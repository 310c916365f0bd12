"""Write down what became of the instants that a schedule was due at until now, before somebody changes it."""

from datetime import datetime
from typing import Any

from capsulier.clock import as_datetime, now_us
from capsulier.core.catch_up import CatchUp
from capsulier.core.fires import FireWhy
from capsulier.ledger import firing
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.due_fires import account, let_pass
from capsulier.services.snapshots import snapshots
from capsulier.store.models import Job


def settle_fires(job: Job) -> None:
    """Part of the caller's transaction, the job locked. What has just become due runs; older instants that nobody could
    fire, the manager being down, are not made up for: somebody is about to say something new. Those of a pause are
    noted."""
    at_us = now_us()
    row = firing.lock_schedule(job.pk, at_us)
    if row is None or row.next_fire_us is None or row.next_fire_us > at_us:
        return
    if row.paused:
        decided: firing.Advance | firing.Pause = let_pass(row, as_datetime(at_us))
    else:
        decided = decide(row, as_datetime(at_us), CatchUp.NONE, FireWhy.DOWN)
    if isinstance(decided, firing.Pause):
        firing.note_pauses([decided], at_us)
    else:
        firing.advance([decided], at_us)
    wake(CONDUCTOR, PAGES)


def decide(row: Any, now: datetime, policy: CatchUp, why: FireWhy) -> firing.Advance:
    """What becomes of all that has no decision yet, for a row of `ledger.firing`."""
    shaped = snapshots([row.version_id])
    return account(row, now, shaped[row.version_id], policy=policy, why=why)
