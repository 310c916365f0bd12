"""The facts about jobs that their status follows from: kept on the jobs' rows by whoever moves an execution."""

from collections import defaultdict
from dataclasses import dataclass, field

from capsulier.core.states import ENDED, LIVE, State
from capsulier.ledger import statements


@dataclass(slots=True)
class _Change:
    live: dict[State, int] = field(default_factory=lambda: dict.fromkeys(LIVE, 0))
    ended: dict[State, int] = field(default_factory=lambda: dict.fromkeys(ENDED, 0))
    last_outcome: State | None = None
    last_ended_us: int | None = None


class JobFacts:
    """By how much the facts of jobs change in one transaction. Nothing is written before `write`."""

    def __init__(self) -> None:
        self._changes: defaultdict[int, _Change] = defaultdict(_Change)

    def moved(self, job_id: int, before: State, after: State) -> None:
        live = self._changes[job_id].live
        live[before] -= 1
        if after in live:
            live[after] += 1

    def ended(self, job_id: int, before: State, outcome: State, ended_us: int) -> None:
        self.moved(job_id, before, outcome)
        change = self._changes[job_id]
        change.ended[outcome] += 1
        if change.last_ended_us is None or ended_us >= change.last_ended_us:
            change.last_outcome, change.last_ended_us = outcome, ended_us

    def write(self, now_us: int) -> None:
        """Write them, in the order of the jobs' ids."""
        if self._changes:
            rows = [_row(job_id, self._changes[job_id]) for job_id in sorted(self._changes)]
            statements.run("count_moves", rows, now_us=now_us)


def _row(job_id: int, change: _Change) -> dict[str, object]:
    return {
        "job_id": job_id,
        **{state.value: step for state, step in (change.live | change.ended).items()},
        "last_outcome": change.last_outcome,
        "last_ended_us": change.last_ended_us,
    }
