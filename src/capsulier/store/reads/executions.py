"""The executions of one job, by page and filter, and the neighbours of one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from django.db.models import QuerySet

from capsulier.clock import as_us
from capsulier.core.states import LIVE, UNSUCCESSFUL, State
from capsulier.store.models import Execution, Job

PAGE = 50
Rows: TypeAlias = QuerySet[Execution, Execution]
ENDED_BADLY = "execution.state IN ({})".format(", ".join(f"'{each}'" for each in sorted(UNSUCCESSFUL)))
"""In the words of the indexes that hold these: SQLite takes them by no others."""


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """Empty is everything."""

    states: Sequence[str] = field(default_factory=tuple)
    triggers: Sequence[str] = field(default_factory=tuple)
    version: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Of the moment at which they were queued; `until` itself no longer counts."""

    @property
    def is_empty(self) -> bool:
        return not (self.states or self.triggers or self.version or self.since or self.until)


@dataclass(frozen=True, slots=True)
class ExecutionPage:
    """Newest first."""

    items: Sequence[Execution]
    next: int | None
    """The number from which the page after begins, downwards; None on the last."""


def read_executions(job: Job, wanted: ExecutionFilter, before: int | None = None, count: int = PAGE) -> ExecutionPage:
    """Executions with a number below `before`; one more is read than shown, to know whether there is a next page."""
    rows = job.executions.select_related("version", "triggered_by", "retry_of")
    if wanted.triggers:
        rows = rows.filter(trigger__in=wanted.triggers)
    if wanted.version:
        rows = rows.filter(version__number=wanted.version)
    if wanted.since:
        rows = rows.filter(queued_us__gte=as_us(wanted.since))
    if wanted.until:
        rows = rows.filter(queued_us__lt=as_us(wanted.until))
    if before:
        rows = rows.filter(number__lt=before)
    parts = _in_states(rows, wanted.states) if wanted.states else {frozenset(State): rows}
    ordered = (part.order_by("-number")[: min(count + 1, _ever(job, states))] for states, part in parts.items())
    items = sorted(chain.from_iterable(ordered), key=lambda each: -each.number)
    return ExecutionPage(items[:count], items[count - 1].number if len(items) > count else None)


def read_all_executions(
    platform_ids: Collection[int],
    states: Collection[str] = (),
    at: int | None = None,
    count: int = PAGE,
    *,
    oldest_first: bool = False,
) -> ExecutionPage:
    """Executions of all jobs of these platforms, by id: `next` and `at`, behind which a page begins, are ids."""
    rows = Execution.objects.filter(platform_id__in=platform_ids).select_related("job", "version", "triggered_by")
    if at:
        rows = rows.filter(id__gt=at) if oldest_first else rows.filter(id__lt=at)
    order, sign = ("id", 1) if oldest_first else ("-id", -1)
    parts = _in_states(rows, states).values() if states else [rows]
    found = chain.from_iterable(part.order_by(order)[: count + 1] for part in parts)
    items = sorted(found, key=lambda each: sign * each.pk)
    return ExecutionPage(items[:count], items[count - 1].pk if len(items) > count else None)


def _in_states(rows: Rows, states: Collection[str]) -> dict[frozenset[State], Rows]:
    """These rows in parts, by the states that are in each. One query for all of them would read the whole history for
    the few that live, or ended badly: each part says what its index holds in the index's own words."""
    wanted = frozenset(map(State, states))
    said = {LIVE: "execution.ended_us IS NULL", UNSUCCESSFUL: ENDED_BADLY, frozenset({State.SUCCESS}): ""}
    return {
        wanted & group: rows.filter(state__in=wanted & group).extra(where=[words] if words else [])  # noqa: S610  # of our own
        for group, words in said.items()
        if wanted & group
    }


def _ever(job: Job, states: Collection[State]) -> int:
    """How many executions of the job are, or ended, in these states: nobody looks for more."""
    counts = {
        State.QUEUED: job.queued,
        State.PENDING: job.pending,
        State.RUNNING: job.running,
        State.SUCCESS: job.successes,
        State.FAILED: job.failures,
        State.KILLED: job.kills,
    }
    return sum(counts[state] for state in states)


def read_neighbours(execution: Execution) -> tuple[Execution | None, Execution | None]:
    """The executions of its job before and after it, by number."""
    same_job = Execution.objects.filter(job_id=execution.job_id)
    return (
        same_job.filter(number__lt=execution.number).order_by("-number").first(),
        same_job.filter(number__gt=execution.number).order_by("number").first(),
    )


def read_latest(execution: Execution, count: int = 30) -> Sequence[Execution]:
    """Those to choose from beside it: the newest of its job, it among them even if it is older."""
    same_job = Execution.objects.filter(job_id=execution.job_id).order_by("-number")
    newest = list(same_job[:count])
    return newest if execution in newest else [*newest, execution]
