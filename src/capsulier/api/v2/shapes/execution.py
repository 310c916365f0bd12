"""An execution on the wire."""

from capsulier.api.v2.shapes.shape import Instant, Page, Shape, instant
from capsulier.clock import as_datetime
from capsulier.core.reasons import Reason, in_words
from capsulier.core.states import LIVE, State
from capsulier.core.waiting import Cause, Waits
from capsulier.services.progress import Progress, read_progress
from capsulier.services.what_changed import Comparison
from capsulier.services.work_files import WorkFile
from capsulier.store.models import Execution


class ProgressOut(Shape):
    """What the program tells of itself, in the file that CAPSULIER_JOB_PROGRESS names."""

    progress: float | None
    """From 0 to 1."""
    note: str
    outputs: dict[str, str | int | float | bool | None]
    at: Instant
    """When it told."""
    left_s: float | None
    """How long it will take yet from then on, if it goes on as it has; null once it has ended."""

    @classmethod
    def of(cls, told: Progress, row: Execution) -> "ProgressOut":
        is_running = row.state == State.RUNNING and row.started_us is not None
        left_us = told.left_us(row.started_us or 0) if is_running else None
        return cls(
            progress=told.value,
            note=told.note,
            outputs=told.outputs,
            at=as_datetime(told.at_us),
            left_s=None if left_us is None else round(left_us / 1_000_000, 1),
        )


class DifferenceOut(Shape):
    label: str
    """Version, command, a variable, duration, …"""
    before: str
    """In words. Of a secret only that it is one value, or another."""
    after: str
    is_cause: bool
    """False for what follows from a failure as well: how long it took."""


class WhatChanged(Shape):
    """An execution beside the last success before it."""

    since: int | None
    """The id of that success; null where there is none."""
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, found: Comparison | None) -> "WhatChanged":
        if found is None:
            return cls(since=None, differences=[])
        told = [
            DifferenceOut(label=each.label, before=each.before, after=each.after, is_cause=each.is_cause)
            for each in found.differences
        ]
        return cls(since=found.success.pk, differences=told)


class WorkFileOut(Shape):
    path: str
    """In the working directory."""
    size_bytes: int
    modified_at: Instant

    @classmethod
    def of(cls, file: WorkFile) -> "WorkFileOut":
        return cls(path=file.path, size_bytes=file.size_bytes, modified_at=as_datetime(file.modified_us))


class WorkFiles(Page[WorkFileOut]):
    is_cut: bool
    """There are more than are listed."""


class WaitsOut(Shape):
    """Why it has not begun."""

    cause: Cause
    words: str
    """For a person: "waits for 2 others of this job to end: 1 at once"."""
    position: int | None
    """Its place in the queue of its job, from 1; null before its delay is over, and once it has left the queue."""

    @classmethod
    def of(cls, waits: Waits) -> "WaitsOut":
        return cls(cause=waits.cause, words=waits.words, position=waits.position)


class ExecutionOut(Shape):
    id: int
    job_id: int
    job: str
    """The job's name."""
    number: int
    """1, 2, 3… per job; a retry is an execution of its own."""
    version: int
    """The number of the version that it runs."""
    state: State
    reason: Reason | None
    """Why it ended as it did; null before."""
    why: str
    """The same in words, with the detail: `exit 3`, `stopped by Ana`. Empty where the state says it all."""
    detail: str
    exit_code: int | None
    signal: int | None
    trigger: str
    """manual, api, schedule, retry."""
    triggered_by: str | None
    """The person's name."""
    attempt: int
    retry_of: int | None
    """The id of the execution that failed before it."""
    variables: list[str]
    """The names of the variables given for this run."""
    waits: WaitsOut | None
    """Of one that is queued or pending; null in the answer to the request that queued it."""
    engine: str | None
    """Where it is run: `local`, or the name of a cluster's engine; null before it is handed to one."""
    node: str | None
    """The node of a cluster that it runs or ran on."""
    stopping: bool
    """Somebody asked it to stop and it has not ended yet."""
    due_at: Instant | None
    """The instant of the schedule that started it."""
    queued_at: Instant
    not_before_at: Instant
    """When it may leave the queue at the earliest: the retry delay."""
    pending_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    warned_at: Instant | None
    """When it was seen to run for longer than its job's `warn_after_s`."""
    cpu_us: int | None
    """Processor time of all its processes, microseconds; null before its end and where nobody knows."""
    peak_bytes: int | None
    """The most memory that they had together, as far as it was seen."""
    progress: ProgressOut | None
    """What a running program tells of itself; of one that has ended only where it is asked for alone."""

    @classmethod
    def of(cls, row: Execution, waits: Waits | None = None, *, with_progress: bool = False) -> "ExecutionOut":
        """`row` comes with its job, version and triggered_by, `waits` from `services.waiting`."""
        told = read_progress(row) if with_progress or row.state == State.RUNNING else None
        state, reason = State(row.state), Reason(row.reason) if row.reason else None
        return cls.model_construct(
            id=row.id,
            job_id=row.job_id,
            job=row.job.name,
            number=row.number,
            version=row.version.number,
            state=state,
            reason=reason,
            why=in_words(state, reason, row.exit_code, row.signal, row.detail),
            detail=row.detail,
            exit_code=row.exit_code,
            signal=row.signal,
            trigger=row.trigger,
            triggered_by=str(row.triggered_by) if row.triggered_by else None,
            attempt=row.attempt,
            retry_of=row.retry_of_id,
            variables=sorted(row.variables),
            waits=WaitsOut.of(waits) if waits else None,
            engine=row.engine or None,
            node=row.node_name or None,
            stopping=row.stop_us is not None and state in LIVE,
            due_at=instant(row.due_us),
            queued_at=as_datetime(row.queued_us),
            not_before_at=as_datetime(row.not_before_us),
            pending_at=instant(row.pending_us),
            started_at=instant(row.started_us),
            ended_at=instant(row.ended_us),
            warned_at=instant(row.warned_us),
            cpu_us=row.cpu_us,
            peak_bytes=row.peak_bytes,
            progress=ProgressOut.of(told, row) if told else None,
        )
