"""What changed lately: what live pages are told of."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from capsulier.store.models import Job
from capsulier.store.reads.latest import read_latest_of

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
        .values_list("id", "platform_id", "changed_us", "execution_counter")
    )
    executions: defaultdict[int, list[int]] = defaultdict(list)
    if jobs:
        counters = {job_id: counter for job_id, *_, counter in jobs}
        for each in read_latest_of(counters, _RECENT):
            if each.ended_us is None or each.ended_us > since_us:
                executions[each.job_id].append(each.id)
    return [Changed(*job[:3], tuple(executions[job[0]])) for job in jobs]
