"""What the board shows: the jobs of each capsule, those that need attention first, with their last executions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from capsulier.core.states import Status
from capsulier.store.models import Job, Schedule
from capsulier.store.reads.jobs import JobFilter, count_by_status, jobs_query, status_condition
from capsulier.store.reads.latest import Recent, read_latest_of

IN_CARD = 12
"""Rows of a capsule at most; the others are a link away."""
_LEAST_IN_CARD = 6
_ON_BOARD = 120
"""So many rows of all capsules together can be looked over, and stay a light page."""
IN_CHART = 12
IN_PAGE = 50
_SOON_US = 3_600_000_000
_COLUMNS = (
    "id",
    "platform_id",
    "name",
    "name_key",
    "capsule",
    "category",
    "queued",
    "pending",
    "running",
    "execution_counter",
    "last_execution_id",
    "last_outcome",
    "last_ended_us",
    "next_fire_us",
    "deleted_at",
)
_ORDERS = {
    "name": ("name_key",),
    "capsule": ("capsule", "name_key"),
    "last": (F("last_ended_us").asc(nulls_last=True), "name_key"),
    "-last": (F("last_ended_us").desc(nulls_last=True), "name_key"),
    "next": (F("next_fire_us").asc(nulls_last=True), "name_key"),
    "-next": (F("next_fire_us").desc(nulls_last=True), "name_key"),
    "-name": ("-name_key",),
    "-capsule": ("-capsule", "name_key"),
    "status": ("urgency", "name_key"),
    "-status": ("-urgency", "name_key"),
}
SORTS = frozenset(_ORDERS)


@dataclass(frozen=True, slots=True)
class Row:
    """A job and its last executions, oldest first."""

    job: Job
    recent: Sequence[Recent] = ()
    is_paused: bool = False
    """It has a schedule, which fires no more until it is resumed."""

    @property
    def last(self) -> Recent | None:
        return self.recent[-1] if self.recent else None


@dataclass(frozen=True, slots=True)
class Card:
    """The jobs of one capsule in one category; `total` of them, of which some are shown."""

    category: str
    capsule: str
    total: int = 0
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Board:
    cards: Mapping[tuple[str, str], Card]
    """By category and capsule; those without a job are left to the caller."""
    counts: Mapping[Status, int]
    """Of all jobs of the platform, whatever is searched for."""
    total: int
    """Jobs that match."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    total: int
    number: int
    counts: Mapping[Status, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // IN_PAGE))


def read_board(platform_id: int, wanted: JobFilter, now_us: int, *, keep: Collection[int] = ()) -> Board:
    """At most IN_CARD rows for each capsule, fewer where there are many capsules. `keep` are jobs that stay although
    they match no longer: what a person looks at does not vanish because its status changed."""
    jobs = _matching(platform_id, wanted, keep)
    per_card: dict[tuple[str, str], int] = {
        (each["category"], each["capsule"]): each["n"]
        for each in jobs.values("category", "capsule").annotate(n=Count("pk")).order_by()
    }
    at_most = max(_LEAST_IN_CARD, min(IN_CARD, _ON_BOARD // max(1, len(per_card))))
    place = Window(RowNumber(), partition_by=["category", "capsule"], order_by=["urgency", "name_key"])
    ranked = jobs.annotate(urgency=_urgency(now_us)).annotate(place=place).filter(place__lte=at_most)
    # Their ids alone, and then they: to sort 10,000 whole rows takes twice as long.
    places = dict(ranked.values_list("pk", "place"))
    picked = Job.objects.filter(pk__in=places).only(*_COLUMNS)
    shown: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _as_rows(sorted(picked, key=lambda job: places[job.pk])):
        shown[row.job.category, row.job.capsule].append(row)
    cards = {
        key: Card(*key, total, shown[key] if total > at_most else sorted(shown[key], key=lambda row: row.job.name_key))
        for key, total in per_card.items()
    }
    return Board(cards, count_by_status(jobs_query(platform_id)), sum(per_card.values()))


def read_page(
    platform_id: int,
    wanted: JobFilter,
    now_us: int,
    *,
    sort: str = "name",
    number: int = 1,
    keep: Collection[int] = (),
) -> Page:
    """One page of the table. A number beyond the last page is the last."""
    jobs = _matching(platform_id, wanted, keep)
    total = jobs.count()
    number = min(max(1, number), max(1, -(-total // IN_PAGE)))
    ordered = jobs.annotate(urgency=_urgency(now_us)).order_by(*_ORDERS.get(sort, _ORDERS["name"]), "id")
    first = (number - 1) * IN_PAGE
    rows = _as_rows(list(ordered.only(*_COLUMNS)[first : first + IN_PAGE]))
    return Page(rows, total, number, count_by_status(jobs_query(platform_id)))


def read_rows(platform_id: int, job_ids: Collection[int]) -> list[Row]:
    """These jobs as rows, those in the trash left out."""
    return _as_rows(list(Job.objects.filter(platform_id=platform_id, id__in=job_ids, deleted_at=None).only(*_COLUMNS)))


def count_matching(platform_id: int, wanted: JobFilter, keep: Collection[int] = ()) -> int:
    return _matching(platform_id, wanted, keep).count()


def changed_among(job_ids: Collection[int], since_us: int) -> set[int]:
    return set(Job.objects.filter(id__in=job_ids, changed_us__gt=since_us).values_list("id", flat=True))


def _matching(platform_id: int, wanted: JobFilter, keep: Collection[int]) -> QuerySet[Job]:
    jobs = jobs_query(platform_id, wanted)
    if not keep:
        return jobs
    return jobs_query(platform_id).filter(Q(pk__in=jobs.values("pk")) | Q(pk__in=list(keep)))


def _urgency(now_us: int) -> Case:
    """Failed, then at work, then due soon, then the rest."""
    return Case(
        When(status_condition(Status.FAILED), then=Value(0)),
        When(status_condition(Status.RUNNING), then=Value(1)),
        When(status_condition(Status.PENDING) | status_condition(Status.QUEUED), then=Value(2)),
        When(next_fire_us__lte=now_us + _SOON_US, then=Value(3)),
        default=Value(4),
    )


def _as_rows(jobs: Sequence[Job]) -> list[Row]:
    """With the last executions of all these jobs, in one query."""
    ids = [job.pk for job in jobs]
    recent: defaultdict[int, list[Recent]] = defaultdict(list)
    for execution in read_latest_of({job.pk: job.execution_counter for job in jobs}, IN_CHART):
        recent[execution.job_id].append(execution)
    paused = set(Schedule.objects.filter(job_id__in=ids, paused=True).values_list("job_id", flat=True))
    return [Row(job, recent[job.pk], job.pk in paused) for job in jobs]
