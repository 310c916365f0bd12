"""Why executions wait: the facts from the ledger, the words from `core.waiting`."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from capsulier.clock import now_us
from capsulier.core.states import State
from capsulier.core.waiting import InQueue, Surroundings, Waits, of_queue, why_pending, why_queued
from capsulier.ledger.waiting import first_in_queue, led_until_us, room_of_platforms, waiting
from capsulier.services.disk import look_at_disk
from capsulier.store.models import Execution, Job


def waits_of(executions: Iterable[Execution]) -> dict[int, Waits]:
    """By execution id, for those of them that are queued or pending. Where none is, nothing is asked."""
    executions = list(executions)
    states = {each.pk: each.state for each in executions}
    told = {each.pk: why_pending(each.detail) for each in executions if each.state == State.PENDING}
    queued = [each for each, state in states.items() if state == State.QUEUED]
    return told | {row.id: waits for row, waits in _why_queued(queued, now_us())}


def waits_of_jobs(jobs: Iterable[Job]) -> dict[int, str]:
    """By job id, for those with something in the queue or being prepared: what its queue waits for."""
    counts = {job.pk: (job.queued, job.pending) for job in jobs if job.queued or job.pending}
    told = {job_id: why_pending(words).words for job_id, words in _words_of_engines(counts).items()}
    with_queue = [job_id for job_id, (queued, _) in counts.items() if queued]
    if with_queue:
        at_us = now_us()
        for row, waits in _why_queued(first_in_queue(with_queue, at_us), at_us):
            told[row.job_id] = of_queue(waits, counts[row.job_id][0])
    return told


def _words_of_engines(counts: Mapping[int, tuple[int, int]]) -> dict[int, str]:
    """By job id: why one of what it has pending does not run yet, where an engine tells."""
    words = dict.fromkeys(counts, "")
    pending = [job_id for job_id, (_, pending) in counts.items() if pending]
    if pending:
        rows = Execution.objects.filter(state=State.PENDING, job_id__in=pending).exclude(detail="").order_by("-id")
        words |= dict(rows.values_list("job_id", "detail"))
    return words


def _why_queued(execution_ids: Collection[int], at_us: int) -> list[tuple[Any, Waits]]:
    """The rows of `ledger.waiting`, each with the answer."""
    rows = waiting(execution_ids, at_us) if execution_ids else []
    if not rows:
        return []
    room, now = room_of_platforms(), Surroundings(at_us, led_until_us(), look_at_disk())
    return [(row, why_queued(_in_queue(row, room), now)) for row in rows]


def _in_queue(row: Any, room: Mapping[int, int]) -> InQueue:
    return InQueue(
        not_before_us=row.not_before_us,
        is_retry=row.trigger == "retry",
        alone=bool(row.alone),
        ahead=row.ahead or 0,
        of_job=row.of_job,
        most_of_job=row.most_of_job,
        of_platform=row.most_of_platform - room.get(row.platform_id, row.most_of_platform),
        most_of_platform=row.most_of_platform,
        min_free_mb=row.min_free_mb,
    )
