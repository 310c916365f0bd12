"""The files that an execution has in its working directory."""

import asyncio
from typing import Annotated

from django.http.response import HttpResponseBase
from ninja import Header, Router

from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.ids import ExecutionId
from capsulier.api.v2.openapi import BYTES
from capsulier.api.v2.ranges import Span, Unsatisfiable, attachment, file_answer, parse_range, unsatisfiable
from capsulier.api.v2.shapes.execution import WorkFileOut, WorkFiles
from capsulier.core.names import safe_file_name
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile
from capsulier.services.work_files import find_work_file, list_work_files

router = Router(tags=["Executions"])


@router.get("", response=WorkFiles)
def list_files(request: AskedRequest, execution_id: ExecutionId) -> WorkFiles:
    """List what is in the working directory of an execution: its package, and what it has made."""
    files, is_cut = list_work_files(request.auth, execution_id)
    return WorkFiles(items=[WorkFileOut.of(each) for each in files], next=None, is_cut=is_cut)


@router.get(
    "/{path:name}", auth=ask_in_thread, openapi_extra=BYTES("The file, as it is now.", "application/octet-stream")
)
async def read_file(
    request: AskedRequest,
    execution_id: ExecutionId,
    name: str,
    byte_range: Annotated[str | None, Header(alias="Range")] = None,
) -> HttpResponseBase:
    """Download one of them."""
    file = await in_thread(find_work_file, request.auth, execution_id, name)
    answer = await asyncio.to_thread(_answer, file, byte_range)
    answer.headers["Content-Disposition"] = attachment(safe_file_name(file.path.name))
    return answer


def _answer(file: LogFile, asked: str | None) -> HttpResponseBase:
    size = file.size
    try:
        span = parse_range(asked, size)
    except Unsatisfiable:
        return unsatisfiable(size)
    whole = Span(0, size)
    chunks = open_range(file, *(span or whole))
    return file_answer(chunks, span or whole, size, is_part=span is not None, content_type="application/octet-stream")
