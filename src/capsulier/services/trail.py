"""The audit trail: who did what to what, with what stood there before and after."""

from typing import Any

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.ledger.wake import PAGES, wake
from capsulier.store.models import Change, Job


def note_change(
    actor: Actor, job: Job, verb: str, *, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Add to the trail, and let live pages know that the job changed. Part of the caller's transaction."""
    Change.objects.create(
        platform_id=job.platform_id,
        job=job,
        user_id=actor.user_id,
        via=actor.via,
        verb=verb,
        before=before or {},
        after=after or {},
    )
    Job.objects.filter(id=job.id).update(changed_us=now_us())
    wake(PAGES)


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, on both sides."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in changed}, {key: after[key] for key in changed}
