"""Schedules: give, take away, pause, resume, preview; and what became of their fires."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.etag import IfMatch, revision_of
from capsulier.api.v2.ids import JobId
from capsulier.api.v2.jobs import show
from capsulier.api.v2.shapes.job import JobDetail
from capsulier.api.v2.shapes.schedule import (
    FireOut,
    PreviewIn,
    PreviewOut,
    Resume,
    ScheduleIn,
    WhyOut,
    previewed,
)
from capsulier.api.v2.shapes.shape import Page, PageSize
from capsulier.clock import as_us
from capsulier.core.errors import Invalid
from capsulier.core.schedule import in_words, preview
from capsulier.services.drafts import utc_now
from capsulier.services.edit_job import edit_job
from capsulier.services.finding import find_job
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import resume_schedule
from capsulier.services.why_fire import why_at
from capsulier.store.reads.fires import read_fires

router = Router(tags=["Schedules"])
of_job = Router(tags=["Schedules"])
_FIRST_YEAR, _LAST_YEAR = 1971, 9000
"""Of what is asked about: a zone may shift it, and it must stay a time."""


@router.post("/preview", response=PreviewOut)
def preview_schedule(request: AskedRequest, body: PreviewIn) -> PreviewOut:
    """Say when a schedule would fire, before a job has it."""
    schedule = body.draft().parsed()
    fires = [previewed(fire) for fire in preview(schedule, utc_now(), body.count)]
    return PreviewOut(words=in_words(schedule), text=schedule.text, fires=fires)


@of_job.put("/schedule", response=JobDetail)
def put_schedule(
    request: AskedRequest, job_id: JobId, body: ScheduleIn, response: HttpResponse, if_match: IfMatch = None
) -> JobDetail:
    """Give the job this schedule. One that says what it said before goes on as it was."""
    edit_job(request.auth, job_id, schedule=body.draft(), revision=revision_of(if_match))
    return show(job_id, response)


@of_job.delete("/schedule", response=JobDetail)
def delete_schedule(
    request: AskedRequest, job_id: JobId, response: HttpResponse, if_match: IfMatch = None
) -> JobDetail:
    """Take the schedule away; the job is run by hand from now on."""
    edit_job(request.auth, job_id, schedule=None, revision=revision_of(if_match))
    return show(job_id, response)


@of_job.post("/schedule/pause", response=JobDetail)
def pause(request: AskedRequest, job_id: JobId, response: HttpResponse) -> JobDetail:
    """Let the schedule fire no more until it is resumed."""
    pause_schedule(request.auth, job_id)
    return show(job_id, response)


@of_job.post("/schedule/resume", response=JobDetail)
def resume(request: AskedRequest, job_id: JobId, response: HttpResponse, body: Resume | None = None) -> JobDetail:
    """Let it go on."""
    resume_schedule(request.auth, job_id, policy=body.catch_up if body else None)
    return show(job_id, response)


@of_job.get("/fires", response=Page[FireOut])
def list_fires(
    request: AskedRequest,
    job_id: JobId,
    *,
    ran: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    page: str = "",
    size: PageSize = 50,
) -> Page[FireOut]:
    """List the instants at which the schedule was due, the latest first, and what became of each.

    `ran=false`: only those without an execution. `since`, `until`: those due from then on, and before then.
    """
    job = find_job(request.auth, job_id, deleted=True)
    found = read_fires(
        job.platform_id,
        ran=ran,
        job_id=job.pk,
        since_us=_us(since, "since"),
        until_us=_us(until, "until"),
        before=page,
        count=size,
    )
    return Page(items=[FireOut.of(row) for row in found.items], next=found.next)


@of_job.get("/fires/why", response=WhyOut)
def why(request: AskedRequest, job_id: JobId, at: datetime) -> WhyOut:
    """Answer why the job ran, or did not run, at a moment: `03:00:00` means the whole minute."""
    job = find_job(request.auth, job_id, deleted=True)
    _us(at, "at")
    return WhyOut.of(at, why_at(job, at))


def _us(at: datetime | None, field: str) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise Invalid("The time needs an offset, such as Z or +01:00.", field=field)
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise Invalid(f"Give a time between the years {_FIRST_YEAR} and {_LAST_YEAR}.", field=field)
    return as_us(at)
