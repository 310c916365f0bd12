"""The jobs in the trash."""

from collections.abc import Sequence
from dataclasses import dataclass

from capsulier.store.models import Job

MOST = 200


@dataclass(frozen=True, slots=True)
class Trash:
    jobs: Sequence[Job]
    """The last deleted first, each with who deleted it."""
    total: int


def read_trash(platform_id: int) -> Trash:
    jobs = Job.objects.filter(platform_id=platform_id, deleted_at__isnull=False)
    return Trash(list(jobs.select_related("deleted_by").order_by("-deleted_at", "-id")[:MOST]), jobs.count())
