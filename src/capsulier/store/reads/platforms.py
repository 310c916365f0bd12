"""Platforms, with what is in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from capsulier.store.models import Job, Membership, Platform


@dataclass(frozen=True, slots=True)
class PlatformRow:
    platform: Platform
    jobs: int
    """Those in the trash not counted."""
    live: int
    """Jobs with something running or waiting."""
    members: int


def read_platforms(ids: Collection[int]) -> Sequence[PlatformRow]:
    """These, in the order of their names."""
    live = Q(queued__gt=0) | Q(pending__gt=0) | Q(running__gt=0)
    jobs = Job.objects.filter(platform_id__in=ids, deleted_at=None).order_by().values_list("platform_id")
    memberships = Membership.objects.filter(platform_id__in=ids, user__is_active=True).order_by()
    n_jobs = dict(jobs.annotate(Count("pk")))
    n_live = dict(jobs.filter(live).annotate(Count("pk")))
    n_members = dict(memberships.values_list("platform_id").annotate(Count("pk")))
    return [
        PlatformRow(each, n_jobs.get(each.pk, 0), n_live.get(each.pk, 0), n_members.get(each.pk, 0))
        for each in Platform.objects.filter(id__in=ids).order_by("name")
    ]
