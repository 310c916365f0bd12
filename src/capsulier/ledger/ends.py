"""How executions end: success, failed or killed, once and for ever, with the retries that follow."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from capsulier.core.overlap import Overlap
from capsulier.core.reasons import Reason, outcome
from capsulier.core.retry import RetryRule, next_attempt
from capsulier.core.states import State, may_become
from capsulier.ledger import statements
from capsulier.ledger.job_facts import JobFacts
from capsulier.ledger.occasions import Happened, has_listeners, note
from capsulier.ledger.queueing import NewExecution, queue
from capsulier.ledger.statements import as_json


class Ended(NamedTuple):
    """It is over, as its engine tells it. Whether that is a success, a failure or a kill is decided here."""

    execution_id: int
    reason: Reason
    ended_us: int
    placement: int | None = None
    """None: whichever it is."""
    started_us: int | None = None
    """When it began: one that is pending yet goes through running on its way to its end."""
    exit_code: int | None = None
    signal: int | None = None
    detail: str = ""
    cpu_us: int | None = None
    peak_bytes: int | None = None
    handle: dict[str, Any] | None = None
    """Where it says more than the one that is known: the node that it ran on."""


def end(moves: Sequence[Ended], facts: JobFacts, now_us: int, *, only: State | None = None) -> set[int]:
    """End these, part of the caller's transaction; answer the ids of those that did end (`only`: from this state).

    Where a stop had been asked for, that is the reason, whatever the program answered to it.
    """
    if not moves:
        return set()
    by_id = {move.execution_id: move for move in moves}
    rows: list[dict[str, Any]] = []
    retries: list[NewExecution] = []
    occasions: list[Happened] = []
    for execution in statements.run("lock_executions", [{"id": each} for each in sorted(by_id)]):
        move, before = by_id[execution.id], State(execution.state)
        if move.placement not in (None, execution.placement) or only not in (None, before):
            continue
        stopped = execution.stop_us is not None
        reason = Reason(execution.stop_reason) if stopped else move.reason
        after = outcome(reason, move.exit_code)
        has_begun = before is State.PENDING and move.started_us is not None
        if not may_become(State.RUNNING if has_begun else before, after):
            continue
        rows.append(
            {
                "id": execution.id,
                "before": before,
                "state": after,
                "reason": reason,
                "detail": execution.stop_by if stopped else storable(move.detail),
                "exit_code": move.exit_code,
                "signal": move.signal,
                "started_us": move.started_us,
                "ended_us": move.ended_us,
                "cpu_us": move.cpu_us,
                "peak_bytes": move.peak_bytes,
                "handle": move.handle,
            }
        )
        facts.ended(execution.job_id, before, after, move.ended_us)
        retries += _retry(execution, after, now_us)
        if has_listeners(execution):
            occasions.append(Happened("end", execution.job_id, execution.id))
    if rows:
        statements.run("set_ended", rows)
    queue(retries, now_us)
    note(occasions, now_us)
    return {row["id"] for row in rows}


def _retry(execution: Any, after: State, now_us: int) -> list[NewExecution]:
    """The execution that follows a failed one, if its job wants one and has not been deleted."""
    rule = RetryRule(
        times=execution.retries,
        delay_s=execution.retry_delay_s,
        growth=execution.retry_growth,
        cap_s=execution.retry_cap_s,
    )
    delay_s = next_attempt(rule, execution.attempt, after)
    if delay_s is None or execution.deleted_at is not None:
        return []
    return [
        NewExecution(
            platform_id=execution.platform_id,
            job_id=execution.job_id,
            version_id=execution.version_id,
            trigger="retry",
            not_before_us=now_us + int(delay_s * 1_000_000),
            due_us=execution.due_us,
            attempt=execution.attempt + 1,
            retry_of_id=execution.id,
            # What a schedule began runs beside nothing of its job, where the job does not want that.
            alone=bool(execution.alone) or (execution.due_us is not None and execution.overlap != Overlap.PARALLEL),
            variables=as_json(execution.variables),
            snapshot=as_json(execution.snapshot),
        )
    ]


def storable(words: str) -> str:
    """Without what PostgreSQL cannot hold: an engine's words quote whatever file names and programs said."""
    return words.encode(errors="replace").decode().replace("\0", "�")
