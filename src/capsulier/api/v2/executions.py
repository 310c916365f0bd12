"""Executions: list, look at, stop."""

from typing import Annotated, Literal

from ninja import Query, Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.ids import ExecutionId, JobId
from capsulier.api.v2.jobs import platform_ids
from capsulier.api.v2.shapes.execution import ExecutionOut, WhatChanged
from capsulier.api.v2.shapes.job import Stop
from capsulier.api.v2.shapes.shape import Page, PageSize
from capsulier.core.states import State
from capsulier.services.finding import find_execution, find_job
from capsulier.services.stop_execution import stop_execution
from capsulier.services.waiting import waits_of
from capsulier.services.what_changed import what_changed
from capsulier.store.reads.executions import ExecutionFilter, ExecutionPage, read_all_executions, read_executions

router = Router(tags=["Executions"])
of_job = Router(tags=["Executions"])

States = Annotated[list[State], Query(description="One or several of the six states.")]


@of_job.get("", response=Page[ExecutionOut])
def list_of_job(
    request: AskedRequest,
    job_id: JobId,
    state: States = [],  # noqa: B006
    page: int | None = None,
    size: PageSize = 50,
) -> Page[ExecutionOut]:
    """List the executions of a job, the latest first."""
    job = find_job(request.auth, job_id, deleted=True)
    found = read_executions(job, ExecutionFilter(states=state), before=page, count=size)
    return _page(found)


@router.get("", response=Page[ExecutionOut])
def list_all(
    request: AskedRequest,
    *,
    platform: str | None = None,
    state: States = [],  # noqa: B006
    order: Literal["newest", "oldest"] = "newest",
    page: int | None = None,
    size: PageSize = 50,
) -> Page[ExecutionOut]:
    """List the executions of all jobs that you may see, the latest first unless `order` says otherwise."""
    platforms = platform_ids(request.auth, platform)
    found = read_all_executions(platforms, state, page, size, oldest_first=order == "oldest")
    return _page(found)


@router.get("/{int:execution_id}", response=ExecutionOut)
def get_execution(request: AskedRequest, execution_id: ExecutionId) -> ExecutionOut:
    """Look at an execution; also at how far it says it is, and what it says it has made."""
    row = find_execution(request.auth, execution_id)
    return ExecutionOut.of(row, waits_of([row]).get(row.pk), with_progress=True)


@router.get("/{int:execution_id}/what-changed", response=WhatChanged)
def compare(request: AskedRequest, execution_id: ExecutionId) -> WhatChanged:
    """Compare an execution with the last success before it: version, command, package, variables, duration."""
    return WhatChanged.of(what_changed(find_execution(request.auth, execution_id)))


@router.post("/{int:execution_id}/stop", response={202: ExecutionOut})
def stop_one(request: AskedRequest, execution_id: ExecutionId, body: Stop | None = None) -> Status[ExecutionOut]:
    """Ask it to stop; asking again is the same as once. One in the queue has ended when this answers."""
    stop_execution(request.auth, execution_id, force=bool(body and body.force))
    return Status(202, ExecutionOut.of(find_execution(request.auth, execution_id)))


def _page(found: ExecutionPage) -> Page[ExecutionOut]:
    waits = waits_of(found.items)
    return Page(items=[ExecutionOut.of(row, waits.get(row.pk)) for row in found.items], next=found.next)
