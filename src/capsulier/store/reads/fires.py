"""The fire ledger: what became of the instants that schedules were due at."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from capsulier.core.fires import STARTED
from capsulier.store.models import Fire

_NOT_RUN = "NOT (fire.outcome IN ({}))".format(", ".join(f"'{each}'" for each in sorted(STARTED)))
"""In the words of the index, by which SQLite knows that it holds all of these."""


@dataclass(frozen=True, slots=True)
class FirePage:
    """Newest first."""

    items: Sequence[Fire]
    next: str | None
    """The place from which the page after begins; None on the last."""


def read_fires(
    platform_id: int,
    *,
    ran: bool | None = None,
    job_id: int | None = None,
    since_us: int | None = None,
    until_us: int | None = None,
    before: str = "",
    count: int = 50,
) -> FirePage:
    """What became of due instants. `ran` False: those without an execution; `since_us` and `until_us`: those due at or
    after the one and before the other, stretches that reach over it among them. `before` is the `next` of a page."""
    rows = Fire.objects.filter(platform_id=platform_id).select_related("job", "execution")
    if ran is not None:
        rows = rows.filter(outcome__in=STARTED) if ran else rows.extra(where=[_NOT_RUN])  # noqa: S610  # our words
    if job_id is not None:
        rows = rows.filter(job_id=job_id)
    if since_us is not None:
        rows = rows.filter(Q(due_us__gte=since_us) | Q(until_us__gte=since_us))
    if until_us is not None:
        rows = rows.filter(due_us__lt=until_us)
    due, _, fire_id = before.partition("-")
    if due.isdecimal() and fire_id.isdecimal():
        rows = rows.filter(Q(due_us__lt=int(due)) | Q(due_us=int(due), id__lt=int(fire_id)))
    items = list(rows.order_by("-due_us", "-id")[: count + 1])
    last = items[count - 1] if len(items) > count else None
    return FirePage(items[:count], f"{last.due_us}-{last.id}" if last else None)


@dataclass(frozen=True, slots=True)
class FiresAround:
    at: Fire | None
    """Due in that stretch, or a record of many that reaches over its beginning."""
    before: Fire | None
    after: Fire | None


def read_around(job_id: int, begin_us: int, end_us: int) -> FiresAround:
    """The records of a job's schedule around begin <= due < end."""
    rows = Fire.objects.filter(job_id=job_id).select_related("execution")
    within = rows.filter(due_us__gte=begin_us, due_us__lt=end_us).order_by("due_us").first()
    last = rows.filter(due_us__lt=begin_us).order_by("-due_us").first()
    if within is None and last is not None and (last.until_us or last.due_us) >= begin_us:
        within = last
        last = rows.filter(due_us__lt=within.due_us).order_by("-due_us").first()
    return FiresAround(within, last, rows.filter(due_us__gte=end_us).order_by("due_us").first())
