"""Jobs: list, make, look at, change, delete, restore, copy, run, stop."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from ninja import Status as Answer

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.etag import IfMatch, note_revision, revision_of
from capsulier.api.v2.ids import JobId
from capsulier.api.v2.shapes.change import ChangeOut
from capsulier.api.v2.shapes.execution import ExecutionOut
from capsulier.api.v2.shapes.job import (
    Copy,
    JobDetail,
    JobOut,
    JobPage,
    JobPatch,
    NewJob,
    Run,
    Stop,
    Stopping,
)
from capsulier.api.v2.shapes.shape import Page, PageSize
from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid
from capsulier.core.states import Status
from capsulier.services.alert_defaults import settings_of_new_job
from capsulier.services.clear_queue import clear_queue
from capsulier.services.copy_job import copy_job
from capsulier.services.create_job import create_job
from capsulier.services.delete_job import delete_job
from capsulier.services.edit_job import KEEP, edit_job
from capsulier.services.finding import find_job, find_platform, platforms_of
from capsulier.services.restore_job import restore_job
from capsulier.services.run_job import run_job
from capsulier.services.stop_job import stop_job
from capsulier.services.versions import default_command
from capsulier.services.waiting import waits_of
from capsulier.store.models import Execution, Job
from capsulier.store.reads.job import read_changes
from capsulier.store.reads.jobs import JobFilter, jobs_query, with_all

router = Router(tags=["Jobs"])


@router.get("", response=JobPage)
def list_jobs(
    request: AskedRequest,
    *,
    search: str = "",
    status: Annotated[list[str], Query(description="One or several of the eight statuses.")] = [],  # noqa: B006
    capsule: str = "",
    category: str = "",
    platform: str | None = None,
    deleted: bool = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: PageSize = 50,
) -> JobPage:
    """List the jobs that you may see, by name.

    `search` looks in names and descriptions, whatever their case. A filter on an outcome finds jobs that wait for
    their next run by how they last ended, too. `deleted=true` lists the trash instead.
    """
    wanted = JobFilter(search, _statuses(status), capsule, category, deleted=deleted)
    found = jobs_query(platform_ids(request.auth, platform), wanted)
    first = (page - 1) * size
    rows = list(with_all(found).order_by("name_key", "id")[first : first + size + 1])
    return JobPage(
        items=_shown(rows[:size]),
        next=page + 1 if len(rows) > size else None,
        total=first + len(rows) if 0 < len(rows) <= size else found.count(),
    )


@router.post("", response={201: JobDetail})
def create(request: AskedRequest, body: NewJob, response: HttpResponse) -> Answer[JobDetail]:
    """Make a job with its first version, and its schedule if it has one: all of it or nothing."""
    platform = find_platform(request.auth, body.platform)
    command = default_command(body.capsule, body.package, platform.pk)
    job = create_job(request.auth, platform.pk, body.draft(command, settings_of_new_job(platform)))
    response.headers["Location"] = f"/api/v2/jobs/{job.pk}"
    return Answer(201, show(job.pk, response))


@router.get("/{int:job_id}", response=JobDetail)
def get(request: AskedRequest, job_id: JobId, response: HttpResponse) -> JobDetail:
    """Look at a job; also at one in the trash."""
    find_job(request.auth, job_id, deleted=True)
    return show(job_id, response)


@router.patch("/{int:job_id}", response=JobDetail)
def edit(
    request: AskedRequest, job_id: JobId, body: JobPatch, response: HttpResponse, if_match: IfMatch = None
) -> JobDetail:
    """Change what is given: name, settings, schedule. The rest stays."""
    given = body.model_fields_set
    edit_job(
        request.auth,
        job_id,
        name=body.name if "name" in given else None,
        settings=body.settings(),
        schedule=(body.schedule.draft() if body.schedule else None) if "schedule" in given else KEEP,
        revision=revision_of(if_match),
    )
    return show(job_id, response)


@router.delete("/{int:job_id}", response=JobDetail)
def delete(request: AskedRequest, job_id: JobId, response: HttpResponse, if_match: IfMatch = None) -> JobDetail:
    """Put a job into the trash and stop what it has running. It can be restored for 30 days."""
    delete_job(request.auth, job_id, revision=revision_of(if_match))
    return show(job_id, response)


@router.post("/{int:job_id}/restore", response=JobDetail)
def restore(request: AskedRequest, job_id: JobId, response: HttpResponse) -> JobDetail:
    """Take a job out of the trash. If its name was taken meanwhile, it gets a number."""
    restore_job(request.auth, job_id)
    return show(job_id, response)


@router.post("/{int:job_id}/copy", response={201: JobDetail})
def copy(request: AskedRequest, job_id: JobId, response: HttpResponse, body: Copy | None = None) -> Answer[JobDetail]:
    """Make a job with everything of this one but its history."""
    job = copy_job(request.auth, job_id, name=body.name if body else None)
    response.headers["Location"] = f"/api/v2/jobs/{job.pk}"
    return Answer(201, show(job.pk, response))


@router.post("/{int:job_id}/run", response={202: ExecutionOut})
def run(request: AskedRequest, job_id: JobId, body: Run | None = None) -> Answer[ExecutionOut]:
    """Queue an execution of the current version."""
    body = body or Run()
    given = {"variables": body.variables, "secrets": body.secrets}
    return Answer(202, ExecutionOut.of(run_job(request.auth, job_id, **given, trigger="api")))


@router.post("/{int:job_id}/stop", response={202: Stopping})
def stop(request: AskedRequest, job_id: JobId, body: Stop | None = None) -> Answer[Stopping]:
    """Stop all executions of the job that have not ended."""
    stopping = stop_job(request.auth, job_id, force=bool(body and body.force))
    return Answer(202, Stopping(ended=stopping.ended, stopping=stopping.asked))


@router.delete("/{int:job_id}/queue", response=Stopping)
def clear(request: AskedRequest, job_id: JobId) -> Stopping:
    """Kill all executions of the job that wait in the queue, retries among them. What is at work goes on."""
    return Stopping(ended=clear_queue(request.auth, job_id), stopping=[])


@router.get("/{int:job_id}/changes", response=Page[ChangeOut])
def list_changes(request: AskedRequest, job_id: JobId, page: int | None = None, size: PageSize = 50) -> Page[ChangeOut]:
    """Who changed what, the latest first."""
    job = find_job(request.auth, job_id, deleted=True)
    rows = read_changes(job, before=page, count=size + 1)
    whence = request.auth.may(Action.ADMINISTER, job.platform_id)
    items = [ChangeOut.of(row, whence=whence) for row in rows[:size]]
    return Page(items=items, next=items[-1].id if len(rows) > size else None)


def show(job_id: int, response: HttpResponse) -> JobDetail:
    """The job as it stands, with its ETag. Who asks has been asked."""
    job = with_all(Job.objects.filter(id=job_id)).get()
    note_revision(response, job)
    [last] = _last_executions([job])
    return JobDetail.of(job, last, getattr(job, "schedule", None), waits_of([last] if last else []))


def platform_ids(actor: Actor, name: str | None) -> list[int]:
    """Of the named platform, or of all that the actor may see."""
    if name is not None:
        return [find_platform(actor, name).pk]
    return [each.pk for each in platforms_of(actor)]


def _shown(jobs: Sequence[Job]) -> list[JobOut]:
    lasts = _last_executions(jobs)
    waits = waits_of(filter(None, lasts))
    return [JobOut.of(job, last, getattr(job, "schedule", None), waits) for job, last in zip(jobs, lasts, strict=True)]


def _last_executions(jobs: Sequence[Job]) -> list[Execution | None]:
    rows = Execution.objects.select_related("version", "triggered_by").in_bulk(
        [job.last_execution_id for job in jobs if job.last_execution_id is not None]
    )
    lasts = [None if job.last_execution_id is None else rows.get(job.last_execution_id) for job in jobs]
    for job, last in zip(jobs, lasts, strict=True):
        if last is not None:
            last.job = job
    return lasts


def _statuses(names: Sequence[str]) -> list[Status]:
    """Also several in one, with commas between them."""
    wanted = [part.strip() for name in names for part in name.split(",") if part.strip()]
    for each in wanted:
        if each not in list(Status):
            raise Invalid(f"“{each[:40]}” is not one of {', '.join(Status)}.", field="status")
    return [Status(each) for each in wanted]
