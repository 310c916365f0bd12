"""The audit trail: who did what to what, when and from where, with what stood there before and after."""

from collections.abc import Sequence
from typing import Any

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.core.trail import Subject
from capsulier.ledger.wake import PAGES, wake
from capsulier.store.models import Change, Job

_LONGEST = 255
_LONGEST_VERB = 31
_MOST_NUMBERS = 100


def note(
    actor: Actor,
    subject: Subject,
    name: str,
    verb: str,
    *,
    platform_id: int | None = None,
    job_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add to the trail. Part of the caller's transaction: what is rolled back leaves no trace.

    `name` is what the subject is called, `verb` what was done in a word or two: created, invited, rolled back. `before`
    and `after` are what a page may show: of a secret at most that there was one. Without a platform it is about the
    installation.
    """
    Change.objects.create(
        platform_id=platform_id,
        job_id=job_id,
        user_id=actor.user_id,
        who=_storable(actor.name),
        via=_storable(actor.via),
        address=_storable(actor.address)[:63],
        agent=_storable(actor.agent),
        subject=subject.value,
        name=_storable(name),
        verb=verb[:_LONGEST_VERB],
        before=before or {},
        after=after or {},
    )


def note_change(
    actor: Actor,
    job: Job,
    verb: str,
    *,
    subject: Subject = Subject.JOB,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add what was done to a job, and let live pages know that it changed. Part of the caller's transaction."""
    note(actor, subject, job.name, verb, platform_id=job.platform_id, job_id=job.id, before=before, after=after)
    Job.objects.filter(id=job.id).update(changed_us=now_us())
    wake(PAGES)


def note_stop(actor: Actor, job: Job, numbers: Sequence[int], *, force: bool) -> None:
    """Add that executions of a job were stopped by hand. Part of the caller's transaction."""
    told = {"executions": numbers[:_MOST_NUMBERS]} | ({"force": True} if force else {})
    note(actor, Subject.EXECUTION, job.name, "stopped", platform_id=job.platform_id, job_id=job.pk, after=told)


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, on both sides."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in changed}, {key: after[key] for key in changed}


def _storable(words: str) -> str:
    """What strangers send (names, headers), as a database can hold it."""
    return words.encode(errors="replace").decode().replace("\0", "�")[:_LONGEST]
