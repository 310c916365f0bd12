"""The timeline where more ran than can be drawn one by one: how many executions of each job were queued in each of
equal slots of time, and what became of them."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from capsulier.core.states import State
from capsulier.store.models import Execution, Job
from capsulier.store.reads.activity import BAR_QUERY, Bar
from capsulier.store.reads.executions import ENDED_BADLY

MOST_JOBS = 40
_FEW = 30
"""So many executions of one job can be told apart: each is a bar of its own."""

# Each index counts without a look at a row, and knows nothing of what the others count. SQLite would rather read the
# history of every job, and PostgreSQL, of a list of jobs, whole indexes.
_SQLITE = """
SELECT e.job_id, (e.queued_us - %(since_us)s) / %(slot_us)s AS place, {state}, COUNT(*)
FROM execution e INDEXED BY {index}
WHERE {condition} AND e.queued_us < %(until_us)s AND e.job_id IN (SELECT value FROM json_each(%(jobs)s))
GROUP BY 1, 2, 3
"""
_POSTGRESQL = """
SELECT e.job_id, (e.queued_us - %(since_us)s) / %(slot_us)s AS place, {state}, COUNT(*)
FROM jsonb_array_elements_text(%(jobs)s::jsonb) AS asked(job_id)
JOIN execution e ON e.job_id = asked.job_id::bigint
WHERE {condition} AND e.queued_us < %(until_us)s
GROUP BY 1, 2, 3
"""
_WITHIN = "e.queued_us >= %(since_us)s"
_QUESTIONS = (
    ("execution_of_job_when", "''", _WITHIN),
    ("execution_unsuccessful_when", "e.state", f"{ENDED_BADLY} AND {_WITHIN}".replace("execution.", "e.")),
    ("execution_live", "e.state", "e.platform_id = %(platform_id)s AND e.ended_us IS NULL"),
)
_AT_WORK = Q(queued__gt=0) | Q(pending__gt=0) | Q(running__gt=0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of time, in equal slots."""

    since_us: int
    until_us: int
    slot_us: int


@dataclass(frozen=True, slots=True)
class BusyJob:
    job: Job
    slots: Mapping[int, Counter[str]]
    """By its place, how many of each state were queued in a slot. What lives has its place in the first one if it was
    queued before."""
    bars: Sequence[Bar]
    """Instead, the latest first, where there are few."""


@dataclass(frozen=True, slots=True)
class BusyTimeline:
    jobs: Sequence[BusyJob]
    """Those at work first, then those that failed last."""
    left_out: int
    """More jobs that had something of their life within the stretch."""


def read_busy_timeline(platform_id: int, stretch: Stretch, now_us: int) -> BusyTimeline:
    """All executions of as many jobs as find room. Indexes count them, however long the history."""
    candidates = busy_jobs(platform_id, stretch, now_us)
    at_work, failed = Case(When(_AT_WORK, then=0), default=1), Case(When(last_outcome=State.FAILED, then=0), default=1)
    ordered = candidates.only("name", "capsule").order_by(at_work, failed, "name_key", "id")
    jobs = list(ordered[:MOST_JOBS])
    slots = _count(platform_id, [job.pk for job in jobs], stretch)
    few = {job.pk for job in jobs if sum(each.total() for each in slots[job.pk].values()) <= _FEW}
    bars = _bars(few, stretch)
    read = [BusyJob(job, {} if job.pk in few else slots[job.pk], bars[job.pk]) for job in jobs]
    left_out = candidates.count() - len(jobs) if len(jobs) == MOST_JOBS else 0
    return BusyTimeline([each for each in read if each.slots or each.bars], left_out)


def busy_jobs(platform_id: int, stretch: Stretch, now_us: int) -> QuerySet[Job]:
    """Those that had something within the stretch: a job's row tells of its last end; one that ends before now asks
    each job's history, too."""
    jobs = Job.objects.filter(Q(last_ended_us__gte=stretch.since_us) | _AT_WORK, platform_id=platform_id)
    if stretch.until_us >= now_us:
        return jobs
    within = Execution.objects.filter(queued_us__gte=stretch.since_us, queued_us__lt=stretch.until_us)
    return jobs.filter(Exists(within.filter(job=OuterRef("pk"))))


def slot_queries(vendor: str) -> list[str]:
    """Of each job and slot, how many there are in all, how many ended badly, and how many live."""
    sql = _SQLITE if vendor == "sqlite" else _POSTGRESQL
    return [sql.format(index=index, state=state, condition=condition) for index, state, condition in _QUESTIONS]


def _count(platform_id: int, job_ids: Sequence[int], stretch: Stretch) -> dict[int, dict[int, Counter[str]]]:
    slots: dict[int, dict[int, Counter[str]]] = {job_id: defaultdict(Counter) for job_id in job_ids}
    parameters = {"jobs": json.dumps(job_ids), "platform_id": platform_id, **asdict(stretch)}
    with connection.cursor() as cursor:
        answers = []
        for sql in slot_queries(connection.vendor):
            cursor.execute(sql, parameters)
            answers.append(cursor.fetchall())
    everything, *others = answers
    for job_id, place, state, n in chain(*others):
        slots[job_id][max(0, place)][state] += n
    for job_id, place, _, n in everything:
        slot = slots[job_id][place]
        # Whatever moved between two questions is not counted twice.
        slot[State.SUCCESS] = max(0, n - slot.total())
    return slots


def _bars(job_ids: Collection[int], stretch: Stretch) -> Mapping[int, Sequence[Bar]]:
    """Those that had something of their life within the stretch, where they were queued in it or a stretch before."""
    earliest_us = 2 * stretch.since_us - stretch.until_us
    rows = BAR_QUERY.filter(job_id__in=job_ids, queued_us__gte=earliest_us, queued_us__lt=stretch.until_us)
    rows = rows.filter(Q(ended_us__gte=stretch.since_us) | Q(ended_us=None)).order_by("-queued_us", "-id")
    bars: defaultdict[int, list[Bar]] = defaultdict(list)
    for row in rows:
        bars[row.job_id].append(Bar(*row))
    return bars
