"""Packages: upload, download."""

import asyncio
from typing import Annotated

from django.http.response import HttpResponseBase
from ninja import Header, Router, Status

from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.ids import JobId, VersionNumber
from capsulier.api.v2.multipart import read_file
from capsulier.api.v2.openapi import BYTES
from capsulier.api.v2.ranges import Span, Unsatisfiable, attachment, file_answer, parse_range, unsatisfiable
from capsulier.api.v2.shapes.package import PackageOut
from capsulier.core.access import Action
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile
from capsulier.packages.storage import package_path
from capsulier.services.finding import find_platform
from capsulier.services.package_files import find_package_of_version
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Package

router = Router(tags=["Packages"])
of_version = Router(tags=["Packages"], auth=ask_in_thread)

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            }
        },
    }
}


@router.post("", response={201: PackageOut}, openapi_extra=_FORM)
def upload(request: AskedRequest, platform: str = "main") -> Status[PackageOut]:
    """Upload a file, to be named by its id when a job or a version is made.

    It is stored as it comes, whatever its size. One that no version names within 24 hours is removed.
    """
    platform_id = find_platform(request.auth, platform, Action.CREATE).pk
    file = read_file(request)
    return Status(201, PackageOut.of(upload_package(request.auth, platform_id, file.name, file.chunks)))


@of_version.get("", openapi_extra=BYTES("The file.", "application/octet-stream"))
async def download(
    request: AskedRequest,
    job_id: JobId,
    number: VersionNumber,
    byte_range: Annotated[str | None, Header(alias="Range")] = None,
) -> HttpResponseBase:
    """Download the package of a version."""
    package = await in_thread(find_package_of_version, request.auth, job_id, number)
    answer = await asyncio.to_thread(_answer, package, byte_range)
    answer.headers["Content-Disposition"] = attachment(package.name)
    answer.headers["ETag"] = f'"{package.sha256}"'
    return answer


def _answer(package: Package, asked: str | None) -> HttpResponseBase:
    size = package.size_bytes
    try:
        span = parse_range(asked, size)
    except Unsatisfiable:
        return unsatisfiable(size)
    chunks = open_range(LogFile(package_path(package.sha256), None), *(span or Span(0, size)))
    return file_answer(
        chunks, span or Span(0, size), size, is_part=span is not None, content_type="application/octet-stream"
    )
