"""The variables of a platform or a job, and those that an execution was given."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet

from capsulier.store.models import Execution, Job, Variable


class JobVariables(NamedTuple):
    own: Sequence[Variable]
    of_platform: Sequence[Variable]
    """Those that the job gets, too: none of its own has the same name."""


def read_variables(scope: QuerySet[Variable]) -> Sequence[Variable]:
    """Of one platform or one job (`Scope.current`), by name."""
    return list(scope.select_related("set_by").order_by("name"))


def read_job_variables(job: Job) -> JobVariables:
    """All that the job's executions get."""
    rows = Variable.objects.filter(Q(job=job) | Q(job=None, platform=job.platform_id), ended_us=None)
    found = read_variables(rows)
    own = [each for each in found if each.job_id is not None]
    names = {each.name for each in own}
    return JobVariables(own, [each for each in found if each.job_id is None and each.name not in names])


def read_given(executions: Iterable[Execution]) -> dict[int, Variable]:
    """The rows that these were given, by their ids."""
    ids = {each for execution in executions for each in (execution.given or {}).values()}
    return Variable.objects.in_bulk(list(ids)) if ids else {}
