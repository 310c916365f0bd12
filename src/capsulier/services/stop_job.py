"""Stop what a job has running, pending or waiting."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import NothingToStop
from capsulier.ledger.stops import Stopping, live_executions, request_stop
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.finding import find_job
from capsulier.services.trail import note_stop
from capsulier.store.models import Execution


def stop_job(actor: Actor, job_id: int, *, force: bool = False) -> Stopping:
    """Stop all live executions of the job. `force` kills without the grace."""
    job = find_job(actor, job_id, Action.STOP)
    with transaction.atomic():
        live = live_executions(job_id)
        if not live:
            raise NothingToStop(f"Nothing of “{job.name}” is running or waiting.")
        stopping = request_stop(live, by=actor.name, now_us=now_us(), force=force)
        numbers = Execution.objects.filter(id__in=live).order_by("number").values_list("number", flat=True)
        note_stop(actor, job, list(numbers), force=force)
        wake(CONDUCTOR, PAGES)
        return stopping
