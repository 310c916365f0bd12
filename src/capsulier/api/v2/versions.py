"""Versions of a job: list, upgrade, roll back, star."""

from django.http import HttpResponse
from ninja import Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.etag import IfMatch, revision_of
from capsulier.api.v2.ids import JobId, VersionNumber
from capsulier.api.v2.shapes.shape import Page, PageSize
from capsulier.api.v2.shapes.version import NewVersion, VersionOut
from capsulier.core.access import Action
from capsulier.services.finding import find_job, find_version
from capsulier.services.rollback_job import rollback_job
from capsulier.services.star_version import star_version
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Version
from capsulier.store.reads.job import read_versions

router = Router(tags=["Versions"])


@router.get("", response=Page[VersionOut])
def list_versions(
    request: AskedRequest, job_id: JobId, page: int | None = None, size: PageSize = 50
) -> Page[VersionOut]:
    """List the versions, the latest first."""
    job = find_job(request.auth, job_id, deleted=True)
    rows = [each for each in read_versions(job) if page is None or each.number < page]
    items = [VersionOut.of(row, job.current_version_id) for row in rows[:size]]
    return Page(items=items, next=items[-1].number if len(rows) > size else None)


@router.post("", response={201: VersionOut})
def upgrade(
    request: AskedRequest, job_id: JobId, body: NewVersion, response: HttpResponse, if_match: IfMatch = None
) -> Status[VersionOut]:
    """Add a version and make it current. Executions that are queued or at work keep theirs."""
    job = find_job(request.auth, job_id, Action.EDIT)
    version = upgrade_job(request.auth, job_id, body.draft(job.current_version), revision=revision_of(if_match))
    response.headers["Location"] = f"/api/v2/jobs/{job_id}/versions/{version.number}"
    return Status(201, _show(version))


@router.get("/{int:number}", response=VersionOut)
def get_version(request: AskedRequest, job_id: JobId, number: VersionNumber) -> VersionOut:
    """Look at a version."""
    return _show(find_version(request.auth, job_id, number))


@router.post("/{int:number}/rollback", response=VersionOut)
def rollback(request: AskedRequest, job_id: JobId, number: VersionNumber, if_match: IfMatch = None) -> VersionOut:
    """Make this version current again."""
    return _show(rollback_job(request.auth, job_id, number, revision=revision_of(if_match)))


@router.put("/{int:number}/major", response=VersionOut)
def star(request: AskedRequest, job_id: JobId, number: VersionNumber) -> VersionOut:
    """Mark a version as a major one."""
    return _show(star_version(request.auth, job_id, number))


@router.delete("/{int:number}/major", response=VersionOut)
def unstar(request: AskedRequest, job_id: JobId, number: VersionNumber) -> VersionOut:
    """Take a version's star away."""
    return _show(star_version(request.auth, job_id, number, is_major=False))


def _show(version: Version) -> VersionOut:
    row = Version.objects.select_related("package", "created_by", "job").get(pk=version.pk)
    return VersionOut.of(row, row.job.current_version_id)
