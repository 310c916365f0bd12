"""What changed lately: what live pages are told of."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F, Q

from capsulier.core.states import LIVE
from capsulier.store.models import Execution, Job

_RECENT = 20
"""So far back in a job's executions a change is looked for; the page of an older one goes by its job."""


class Changed(NamedTuple):
    """A job about which something changed, and those of its last executions that may have."""

    job_id: int
    platform_id: int
    changed_us: int
    execution_ids: tuple[int, ...]


def read_changed(platform_ids: Collection[int], since_us: int) -> list[Changed]:
    """The jobs of these platforms about which anything changed after that moment; deleted ones, too."""
    jobs = list(
        Job.objects.filter(platform_id__in=platform_ids, changed_us__gt=since_us)
        .order_by()
        .values_list("id", "platform_id", "changed_us")
    )
    executions: defaultdict[int, list[int]] = defaultdict(list)
    if jobs:
        recent = Execution.objects.filter(
            Q(state__in=LIVE) | Q(ended_us__gt=since_us),
            job_id__in=[job_id for job_id, *_ in jobs],
            number__gt=F("job__execution_counter") - _RECENT,
        )
        for job_id, execution_id in recent.order_by("id").values_list("job_id", "id"):
            executions[job_id].append(execution_id)
    return [Changed(*job, tuple(executions[job[0]])) for job in jobs]
