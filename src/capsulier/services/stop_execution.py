"""Stop one execution."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import AlreadyEnded
from capsulier.ledger.stops import request_stop
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.finding import find_execution
from capsulier.services.trail import note_stop
from capsulier.store.models import Execution


def stop_execution(actor: Actor, execution_id: int, *, force: bool = False) -> Execution:
    """Ask it to stop; asking again is the same as once. One in the queue has ended when this returns."""
    with transaction.atomic():
        execution = find_execution(actor, execution_id, Action.STOP)
        stopping = request_stop([execution.id], by=actor.name, now_us=now_us(), force=force)
        if not stopping.asked and not stopping.ended:
            raise AlreadyEnded(
                f"Execution {execution.number} of “{execution.job.name}” has already ended ({execution.state}). "
                "Run the job again instead."
            )
        note_stop(actor, execution.job, [execution.number], force=force)
        wake(CONDUCTOR, PAGES)
    execution.refresh_from_db()
    return execution
