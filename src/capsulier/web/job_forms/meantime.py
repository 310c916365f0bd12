"""What somebody else saved while a form was being filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from capsulier.core.trail import Subject
from capsulier.store.models import Change, Job

_WITHOUT_REVISION = ("starred", "unstarred")


@dataclass(frozen=True, slots=True)
class Meantime:
    changes: Sequence[Change]
    """The latest first."""
    revision: int
    """The one to build on from now."""

    @property
    def before(self) -> dict[str, Any]:
        """What stood there when the form was opened, of what has changed since."""
        return {key: value for change in self.changes for key, value in change.before.items()}

    @property
    def after(self) -> dict[str, Any]:
        return {key: value for change in reversed(self.changes) for key, value in change.after.items()}


def read_meantime(job: Job, revision: int | None) -> Meantime:
    """Every revision but those of stars has one change in the trail, of the job itself or of its versions."""
    current = Job.objects.values_list("revision", flat=True).get(id=job.pk)
    edits = Change.objects.filter(job=job, subject__in=(Subject.JOB, Subject.VERSION))
    changes = edits.exclude(verb__in=_WITHOUT_REVISION).order_by("-id")
    return Meantime(list(changes[: max(1, current - (revision or 0))]), current)


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the form was opened at."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
