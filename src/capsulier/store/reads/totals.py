"""How many there are, platform by platform: from counts that are kept, at no cost of the history's length."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from capsulier.store.models import Job, Platform


class Totals(NamedTuple):
    """Of one platform."""

    platform: str
    jobs: int
    """Those in the trash left out."""
    queued: int
    pending: int
    running: int
    successes: int
    """Of executions that ended so, ever, also of those that are no longer kept."""
    failures: int
    kills: int


_SUMMED = ("queued", "pending", "running", "successes", "failures", "kills")
_NONE = (0,) * (1 + len(_SUMMED))


def read_totals(platform_ids: Collection[int] | None = None) -> Sequence[Totals]:
    """Of these platforms, or of all, in the order of their names. One look at each job's row, none at executions."""
    platforms = Platform.objects.order_by("name")
    if platform_ids is not None:
        platforms = platforms.filter(id__in=platform_ids)
    rows = (
        Job.objects.filter(platform__in=platforms)
        .order_by()
        .values("platform_id")
        .annotate(n=Count("pk", filter=Q(deleted_at=None)), **{f"n_{name}": Sum(name) for name in _SUMMED})
        .values_list("platform_id", "n", *(f"n_{name}" for name in _SUMMED))
    )
    of_jobs = {platform_id: counts for platform_id, *counts in rows}
    return [_with_past(each, of_jobs.get(each.pk, _NONE)) for each in platforms]


def _with_past(platform: Platform, of_jobs: Sequence[int]) -> Totals:
    totals = Totals(platform.name, *of_jobs)
    return totals._replace(
        successes=totals.successes + platform.past_successes,
        failures=totals.failures + platform.past_failures,
        kills=totals.kills + platform.past_kills,
    )
