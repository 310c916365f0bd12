"""Put a job into the trash, from where it can be restored for 30 days."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor
from capsulier.core.states import LIVE
from capsulier.ledger.firing import show_next_fires
from capsulier.ledger.stops import live_executions, request_stop
from capsulier.ledger.wake import CONDUCTOR, wake
from capsulier.services.drafts import utc_now
from capsulier.services.finding import check_revision, find_job
from capsulier.services.trail import note_change
from capsulier.store.models import Execution, Job

KEPT = timedelta(days=30)
"""How long a deleted job can be restored (product.md, point 6 of the guide)."""


class _Overtaken(Exception):  # a fact about us, not an error of anybody's
    """The job got a new execution between our look at them and the lock on its row."""


def delete_job(actor: Actor, job_id: int, *, revision: int | None = None) -> Job:
    """Delete the job and stop its live executions. Its schedule fires no more; versions, executions and logs stay
    for 30 days. Deleting it twice is the same as once."""
    while True:
        with suppress(_Overtaken):
            return _delete(actor, job_id, revision)


@transaction.atomic
def _delete(actor: Actor, job_id: int, revision: int | None) -> Job:
    find_job(actor, job_id, Action.DELETE, deleted=True)
    live = live_executions(job_id)  # locked before the job, as everywhere
    job = find_job(actor, job_id, Action.DELETE, lock=True, deleted=True)
    if Execution.objects.filter(job=job, state__in=LIVE).exclude(id__in=live).exists():
        raise _Overtaken
    if job.deleted_at is None:
        check_revision(job, revision)
        request_stop(live, by=actor.name, now_us=now_us())
        Job.objects.filter(id=job.id).update(
            deleted_at=utc_now(), deleted_by_id=actor.user_id, revision=job.revision + 1
        )
        show_next_fires({job.id: None}, now_us())
        note_change(actor, job, "deleted")
        wake(CONDUCTOR)
    job.refresh_from_db()
    return job
