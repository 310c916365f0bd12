"""How executions enter the ledger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.ledger import statements


@dataclass(frozen=True, slots=True)
class NewExecution:
    """What is known of an execution before it has a number."""

    platform_id: int
    job_id: int
    version_id: int
    trigger: str
    """manual, api, schedule, retry."""
    not_before_us: int
    due_us: int | None = None
    triggered_by_id: int | None = None
    attempt: int = 1
    retry_of_id: int | None = None
    alone: bool = False
    variables: dict[str, Any] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)


_FACTS = [each.name for each in fields(NewExecution)]


class Queued(NamedTuple):
    id: int
    job_id: int
    number: int


_LARGEST_ID = 2**63 - 1


def lock_to_run(job_id: int) -> Any | None:
    """The facts of a job that a run by hand needs, or None where there is no such job. Its row is locked until the end
    of the caller's transaction."""
    if job_id > _LARGEST_ID:
        return None
    rows = statements.run("to_run", job_id=job_id)
    if rows and rows[0].version_id is None:
        # The job got a new version while we waited for its lock, which this statement could not see yet.
        rows = statements.run("to_run", job_id=job_id)
    return rows[0] if rows else None


@transaction.atomic(savepoint=False)
def queue(new: Sequence[NewExecution], now_us: int) -> list[Queued]:
    """Queue these, in their order; each job numbers its own 1, 2, 3…. The answer is in the same order."""
    if not new:
        return []
    per_job = Counter(each.job_id for each in new)
    numbered = statements.run(
        "number_executions", [{"job_id": job_id, "n": n} for job_id, n in sorted(per_job.items())], now_us=now_us
    )
    following = {row.job_id: row.last_number - per_job[row.job_id] for row in numbered}
    rows = []
    for place, each in enumerate(new):
        following[each.job_id] += 1
        facts = {name: getattr(each, name) for name in _FACTS}
        rows.append({**facts, "alone": int(each.alone), "number": following[each.job_id], "place": place})
    inserted = statements.run("insert_executions", rows, now_us=now_us, no=False)
    found = {(row.job_id, row.number): Queued(row.id, row.job_id, row.number) for row in inserted}
    statements.run(
        "point_to_last_execution",
        [{"job_id": job_id, "execution_id": found[job_id, last].id} for job_id, last in following.items()],
    )
    return [found[row["job_id"], row["number"]] for row in rows]
