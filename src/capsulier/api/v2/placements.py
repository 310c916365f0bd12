"""What launchers on the nodes of a cluster ask. Not for people: each knows its own placement's token, and no other."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status

from capsulier.api.v2.asking import in_thread
from capsulier.api.v2.ids import ExecutionId, FileNumber, PlacementNumber
from capsulier.api.v2.openapi import BYTES
from capsulier.api.v2.ranges import Span, file_answer
from capsulier.api.v2.shapes.placement import BeatAnswer, ClaimIn, ToRun, read_beat
from capsulier.core.errors import Invalid, NotSignedIn, UploadCutOff
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile
from capsulier.services.launchers import (
    claim_placement,
    file_of_placement,
    hear_launcher,
    keep_file_of_placement,
)


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("A launcher says who it is by the token of its placement: Authorization: Bearer ….")
    return token.strip()


async def _token_in_stream(request: HttpRequest) -> str:
    return _token(request)


class LauncherRequest(HttpRequest):
    auth: str
    """The token that it came with."""


router = Router(tags=["Launchers"], auth=_token)

_CHUNK_BYTES = 256 * 1024
_LATEST_US = 2**53
"""In the year 2255: later, a file system may not write it down."""


def _takes(description: str) -> dict[str, Any]:
    """In the schema: the body is bytes."""
    content = {
        "application/octet-stream": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    }
    return {"requestBody": {"required": True, "description": description, "content": content}}


_BEAT = _takes("A line of JSON (`BeatHead`), then the bytes of the logs that it names, one after the other.")
_FILE = _takes("The bytes of the file.")


@router.post("/claim", response=ToRun)
def claim(request: LauncherRequest, execution_id: ExecutionId, placement: PlacementNumber, body: ClaimIn) -> ToRun:
    """Claim a placement, once for ever: what its launcher has to run.

    Of all that ask, one gets it; the others get 409. The same claimant gets the same answer again, until its command
    has begun. 410: it was given up before anybody claimed it.
    """
    told = claim_placement(execution_id, placement, request.auth, claimant=body.claimant, node=body.node, job=body.job)
    return ToRun(**told)


@router.post("/beat", response=BeatAnswer, openapi_extra=_BEAT)
def beat(request: LauncherRequest, execution_id: ExecutionId, placement: PlacementNumber) -> BeatAnswer:
    """Tell how a placement goes: what its program has written, that it began, that it ended.

    Telling the same again is the same as once. What is there already is left out, and so is what would leave a gap:
    the answer says how much of each log there is. 410: nobody waits for this placement any more, and its launcher is to
    kill its program and itself.
    """
    answer = hear_launcher(execution_id, placement, request.auth, read_beat(request.body))
    return BeatAnswer(sizes=answer.sizes, stop=answer.stop, ended=answer.ended)


@router.put("/work/{path:path}", response={204: None}, openapi_extra=_FILE)
def keep_file(
    request: LauncherRequest,
    execution_id: ExecutionId,
    placement: PlacementNumber,
    path: str,
    changed_us: Annotated[int, Query(ge=0, le=_LATEST_US)],
) -> Status[None]:
    """Keep a file that the command has made in its working directory. Sending it again replaces it."""
    keep_file_of_placement(execution_id, placement, request.auth, path, changed_us=changed_us, chunks=_chunks(request))
    return Status(204, None)


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        raise Invalid("Say how long the file is: Content-Length.")
    left = int(length)
    while left:
        data = request.META["wsgi.input"].read(min(left, _CHUNK_BYTES))
        if not data:
            raise UploadCutOff("The connection broke before all of the file had come.")
        left -= len(data)
        yield data


@router.get("/files/{int:number}", auth=_token_in_stream, openapi_extra=BYTES("The file.", "application/octet-stream"))
async def read_file(
    request: LauncherRequest, execution_id: ExecutionId, placement: PlacementNumber, number: FileNumber
) -> HttpResponseBase:
    """Download a file of the placement; `number` counts those in the claim's answer from 0."""
    path, size = await in_thread(file_of_placement, execution_id, placement, request.auth, number)
    whole = Span(0, size)
    chunks = await asyncio.to_thread(open_range, LogFile(path, None), *whole)
    return file_answer(chunks, whole, size, is_part=False, content_type="application/octet-stream")
