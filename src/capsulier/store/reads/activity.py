"""The platform's past and near future: executions by time, coming fires."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from capsulier.store.models import Execution, Job, Schedule

MOST_BARS = 4_000
"""To read and draw so many takes some 60 ms; a screen has room for fewer."""
_HOUR_US = 3_600_000_000


class Bar(NamedTuple):
    """An execution on the timeline."""

    id: int
    job_id: int
    number: int
    state: str
    queued_us: int
    started_us: int | None
    ended_us: int | None


BAR_QUERY = Execution.objects.values_list(*Bar._fields, named=True)


@dataclass(frozen=True, slots=True)
class Timeline:
    bars: Sequence[Bar]
    """The latest first."""
    jobs: dict[int, Job]
    """The jobs of the bars, by id."""
    is_cut: bool
    """More executions than could be shown: the earlier ones are missing."""


def read_timeline(platform_id: int, since_us: int, until_us: int, most: int = MOST_BARS) -> Timeline:
    """The executions that had something of their life within this stretch.

    An ended one that was queued more than a stretch (24 h at least) before its beginning is not looked for: the index
    goes by the moment of queueing. One that is at work is found however old it is.
    """
    earliest_us = since_us - max(until_us - since_us, 24 * _HOUR_US)
    lately, at_work = timeline_queries(platform_id, earliest_us, since_us, until_us)
    earlier = (row for row in at_work[:most] if row.queued_us < earliest_us)
    found = [Bar(*row) for row in islice(chain(lately[: most + 1], earlier), most + 1)]
    jobs = Job.objects.only("name", "capsule").in_bulk({bar.job_id for bar in found})
    return Timeline(found[:most], jobs, len(found) > most)


def is_busy(platform_id: int, since_us: int, until_us: int, most: int = MOST_BARS) -> bool:
    """More executions were queued within the stretch than can be drawn."""
    rows = Execution.objects.filter(platform_id=platform_id, queued_us__gte=since_us, queued_us__lt=until_us)
    return rows.order_by("queued_us")[most : most + 1].exists()


def timeline_queries(
    platform_id: int, earliest_us: int, since_us: int, until_us: int
) -> tuple[QuerySet[Execution, Any], QuerySet[Execution, Any]]:
    """What was queued lately and had not ended before the stretch, and all that is at work. One query with an OR would
    read the whole history."""
    lately = BAR_QUERY.filter(Q(ended_us__gte=since_us) | Q(ended_us=None), platform_id=platform_id)
    lately = lately.filter(queued_us__gte=earliest_us, queued_us__lt=until_us).order_by("-queued_us", "-id")
    # Said so that SQLite sees that the partial index holds all of these, and takes no other.
    at_work = BAR_QUERY.extra(where=["state IN ('pending', 'running')", "platform_id + 0 = %s"], params=[platform_id])
    return lately, at_work


@dataclass(frozen=True, slots=True)
class Coming:
    schedules: Sequence[Schedule]
    """Those with a fire in the stretch, the soonest first, each with its job."""
    total: int
    delayed: Sequence[Execution]
    """Executions that wait in the queue for a later moment: retries."""


def read_coming(platform_id: int, now_us: int, until_us: int, most: int = 50) -> Coming:
    due = (
        Schedule.objects.filter(job__platform_id=platform_id, job__deleted_at=None, paused=False)
        .filter(next_fire_us__lte=until_us)
        .order_by("next_fire_us", "id")
    )
    delayed = Execution.objects.filter(not_before_us__gt=now_us).extra(
        where=["execution.state = 'queued'", "execution.platform_id + 0 = %s"], params=[platform_id]
    )
    return Coming(
        schedules=list(due.select_related("job")[:most]),
        total=due.count(),
        delayed=list(delayed.select_related("job", "retry_of").order_by("not_before_us")[:most]),
    )
