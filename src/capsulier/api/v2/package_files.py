"""The files in the package of a version."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath

from django.http.response import HttpResponseBase
from ninja import Router

from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.ids import JobId, VersionNumber
from capsulier.api.v2.openapi import BYTES
from capsulier.api.v2.ranges import Span, attachment, file_answer
from capsulier.api.v2.shapes.package import PackageFileOut, PackageFiles
from capsulier.core.names import safe_file_name
from capsulier.services.package_files import contents_of, find_package_of_version, unpack_one

router = Router(tags=["Packages"])


@router.get("", response=PackageFiles)
def list_files(request: AskedRequest, job_id: JobId, number: VersionNumber) -> PackageFiles:
    """List what is in the package of a version: the first 5,000 files of an archive, or else the package itself."""
    contents = contents_of(find_package_of_version(request.auth, job_id, number))
    items = [PackageFileOut(path=path, size_bytes=size_bytes) for path, size_bytes in contents.files.items()]
    return PackageFiles(items=items, next=None, is_cut=contents.is_cut)


@router.get("/{path:name}", auth=ask_in_thread, openapi_extra=BYTES("The file.", "application/octet-stream"))
async def read_file(request: AskedRequest, job_id: JobId, number: VersionNumber, name: str) -> HttpResponseBase:
    """Download one of them, unpacked on the way."""
    package = await in_thread(find_package_of_version, request.auth, job_id, number)
    opened = ExitStack()
    size_bytes, chunks = await asyncio.to_thread(opened.enter_context, unpack_one(package, name))
    whole = Span(0, size_bytes)
    answer = file_answer(
        _until_read(chunks, opened), whole, size_bytes, is_part=False, content_type="application/octet-stream"
    )
    answer.headers["Accept-Ranges"] = "none"  # an archive is unpacked from the beginning
    answer.headers["Content-Disposition"] = attachment(safe_file_name(PurePosixPath(name).name))
    return answer


def _until_read(chunks: Iterator[bytes], opened: ExitStack) -> Iterator[bytes]:
    with opened:
        yield from chunks
