"""Which jobs: the search and the filters that the board and the API share, as SQL over the facts on the jobs' rows."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from capsulier.core.names import name_key
from capsulier.core.states import Status
from capsulier.store.models import Job

_LONGEST_SEARCH = 1_000
"""What follows is not looked for: patterns of SQLite end at 50 kB."""
_AT_WORK = Q(running__gt=0) | Q(pending__gt=0) | Q(queued__gt=0)
_CONDITIONS = {
    Status.RUNNING: Q(running__gt=0),
    Status.PENDING: Q(running=0, pending__gt=0),
    Status.QUEUED: Q(running=0, pending=0, queued__gt=0),
    Status.WAITING: ~_AT_WORK & Q(next_fire_us__isnull=False),
    # A job that waits for its next run is found by how it last ended, too: it shows that first.
    Status.SUCCESS: ~_AT_WORK & Q(last_outcome=Status.SUCCESS.value),
    Status.FAILED: ~_AT_WORK & Q(last_outcome=Status.FAILED.value),
    Status.KILLED: ~_AT_WORK & Q(last_outcome=Status.KILLED.value),
    Status.NEVER: ~_AT_WORK & Q(next_fire_us__isnull=True, last_outcome=""),
}


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Empty is every job that is not deleted."""

    search: str = ""
    """Part of the name or of the description, whatever its case."""
    statuses: Collection[Status] = ()
    capsule: str = ""
    category: str = ""
    deleted: bool = False
    """Those in the trash instead."""

    @property
    def is_empty(self) -> bool:
        return not (self.search or self.statuses or self.capsule or self.category)


def status_condition(status: Status) -> Q:
    """The jobs that a filter on this status finds; `job_status` in SQL, save for the outcomes of waiting ones."""
    return _CONDITIONS[status]


def jobs_query(platforms: int | Collection[int], wanted: JobFilter | None = None) -> QuerySet[Job]:
    """The jobs of a platform, or of several, that match, in no order."""
    wanted = wanted or JobFilter()
    ids = [platforms] if isinstance(platforms, int) else platforms
    jobs = Job.objects.filter(platform_id__in=ids, deleted_at__isnull=not wanted.deleted)
    if words := wanted.search.replace("\0", "").strip()[:_LONGEST_SEARCH]:
        jobs = jobs.filter(Q(name_key__contains=name_key(words)) | Q(description__icontains=words))
    if wanted.capsule:
        jobs = jobs.filter(capsule=wanted.capsule)
    if wanted.category:
        jobs = jobs.filter(category=wanted.category)
    if wanted.statuses:
        any_of = Q(pk__in=[])
        for status in wanted.statuses:
            any_of |= status_condition(status)
        jobs = jobs.filter(any_of)
    return jobs


def with_all(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """With everything that is told of a job, but for its last execution."""
    return jobs.select_related(
        "platform",
        "schedule",
        "created_by",
        "current_version__package",
        "current_version__created_by",
    )


def count_by_status(jobs: QuerySet[Job]) -> dict[Status, int]:
    """How many of these a filter on each status would find, in one query. A waiting job counts under two."""
    counts = jobs.aggregate(**{f"n_{status.value}": Count("pk", filter=status_condition(status)) for status in Status})
    return {status: counts[f"n_{status.value}"] for status in Status}


def count_by_capsule() -> dict[str, int]:
    """How many jobs there are in each capsule, over all platforms, those in the trash left out."""
    rows = Job.objects.filter(deleted_at=None).order_by().values_list("capsule")
    return dict(rows.annotate(n=Count("pk")))
