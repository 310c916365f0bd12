"""Notice what takes longer than its job allows: a late start, a long wait in the queue."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q, QuerySet

from capsulier.clock import now_us
from capsulier.core.states import LIVE, State
from capsulier.ledger.occasions import Happened, note
from capsulier.store.models import Execution, Job

_US = 1_000_000


def note_delays() -> None:
    """Note each delay once. Doing it twice is the same as once: an event is known by its name."""
    at_us = now_us()
    happened = [*_late(at_us), *_waiting(at_us)]
    if happened:
        with transaction.atomic():
            note(happened, at_us)


def overlooked(job: Job, execution: Execution) -> list[Happened]:
    """The delays of an execution that ended before anybody looked."""
    began_us = execution.started_us or execution.ended_us
    if job.alert_late_s is None or execution.due_us is None or execution.attempt > 1 or began_us is None:
        return []
    is_late = began_us - execution.due_us > job.alert_late_s * _US
    return [Happened("late", job.pk, execution.pk)] if is_late else []


def _late(at_us: int) -> Iterator[Happened]:
    """The first attempts of fires that have not begun in time. A retry is late by its nature."""
    limit = F("due_us") + F("job__alert_late_s") * _US
    rows = _live().filter(due_us__isnull=False, attempt=1, job__alert_late_s__isnull=False)
    rows = rows.filter(
        Q(started_us=None) & Q(due_us__lt=at_us - F("job__alert_late_s") * _US) | Q(started_us__gt=limit)
    )
    return (Happened("late", job_id, pk) for job_id, pk in rows.values_list("job_id", "id"))


def _waiting(at_us: int) -> Iterator[Happened]:
    """What could run and does not: the time before a retry is no waiting."""
    limit = at_us - F("job__alert_waiting_s") * _US
    rows = _live().filter(state=State.QUEUED, job__alert_waiting_s__isnull=False)
    rows = rows.filter(queued_us__lt=limit, not_before_us__lt=limit)
    return (Happened("waiting", job_id, pk) for job_id, pk in rows.values_list("job_id", "id"))


def _live() -> QuerySet[Execution]:
    """Those of the few jobs with such a limit that have anything live."""
    watched = Job.objects.filter(Q(alert_late_s__isnull=False) | Q(alert_waiting_s__isnull=False))
    live = watched.filter(Q(queued__gt=0) | Q(pending__gt=0) | Q(running__gt=0))
    return Execution.objects.filter(state__in=LIVE, job__in=list(live.values_list("id", flat=True)))
