"""The audit trail: by who, what and when, the latest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from capsulier.core.trail import Subject
from capsulier.store.models import Change


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What is empty asks nothing."""

    who: str = ""
    """Part of a person's name, of a token's, or of an address."""
    subjects: Collection[Subject] = ()
    name: str = ""
    """Part of what the subject was called."""
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    job_id: int | None = None


def read_trail(
    platform_ids: Collection[int] | None, asked: TrailFilter, *, before: int | None = None, count: int = 50
) -> Sequence[Change]:
    """Of these platforms, or of the whole installation (None), from the change before that id on. They come with their
    platforms, those that are still there."""
    rows = _asked(Change.objects.select_related("platform").order_by("-id"), asked)
    if platform_ids is not None:
        rows = rows.filter(platform_id__in=platform_ids)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:count])


def _asked(rows: QuerySet[Change], asked: TrailFilter) -> QuerySet[Change]:
    if asked.who:
        rows = rows.filter(
            Q(who__icontains=asked.who) | Q(via__icontains=asked.who) | Q(address__istartswith=asked.who)
        )
    if asked.subjects:
        rows = rows.filter(subject__in=[each.value for each in asked.subjects])
    if asked.name:
        rows = rows.filter(name__icontains=asked.name)
    if asked.verb:
        rows = rows.filter(verb=asked.verb)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    if asked.job_id:
        rows = rows.filter(job_id=asked.job_id)
    return rows
