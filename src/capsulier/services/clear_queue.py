"""Clear the queue of a job: what waits is killed, what is at work goes on."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.errors import NothingToStop
from capsulier.core.trail import Subject
from capsulier.ledger.stops import queued_executions, request_stop
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.finding import find_job
from capsulier.services.trail import note_change


def clear_queue(actor: Actor, job_id: int) -> list[int]:
    """Kill all executions of the job that are queued, retries too; answer their ids. One that leaves the queue at this
    moment runs."""
    job = find_job(actor, job_id, Action.STOP)
    with transaction.atomic():
        queued = queued_executions(job_id)
        if not queued:
            raise NothingToStop(f"Nothing of “{job.name}” waits in the queue.")
        ended = request_stop(queued, by=actor.name, now_us=now_us()).ended
        note_change(actor, job, "cleared the queue", subject=Subject.EXECUTION, after={"queued": len(ended)})
        wake(CONDUCTOR, PAGES)
        return ended
