"""Remove past values of variables that no execution can have been given any more."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from capsulier.clock import now_us
from capsulier.store.models import Execution, Variable

_DAY_US = 24 * 3600 * 1_000_000


def forget_variables() -> None:
    """A value was given only to executions that were queued before its end: once the oldest execution there is was
    queued later, it goes. Not within a day, for who takes a variable away may want it back."""
    past = Variable.objects.filter(ended_us__lt=now_us() - _DAY_US)
    of_job = Execution.objects.filter(job=OuterRef("job_id")).order_by("number")
    of_platform = Execution.objects.filter(platform=OuterRef("platform_id")).order_by("queued_us")
    for rows, executions in ((past.exclude(job=None), of_job), (past.filter(job=None), of_platform)):
        _of_no_use(rows, executions).delete()


def _of_no_use(rows: QuerySet[Variable], executions: QuerySet[Execution]) -> QuerySet[Variable]:
    """A day more, for clocks that differ."""
    oldest = rows.annotate(oldest_us=Subquery(executions.values("queued_us")[:1]))
    return oldest.filter(Q(oldest_us=None) | Q(oldest_us__gt=F("ended_us") + _DAY_US))
