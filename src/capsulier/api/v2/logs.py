"""The logs of an execution: whole or in part, searched, followed."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Annotated

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Header, Query, Router

from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.following import follow_events
from capsulier.api.v2.found_log import find_log
from capsulier.api.v2.ids import ExecutionId
from capsulier.api.v2.openapi import BYTES, EVENTS
from capsulier.api.v2.ranges import Span, Unsatisfiable, attachment, file_answer, parse_range, unsatisfiable
from capsulier.api.v2.shapes.log import Found, FoundLine
from capsulier.api.v2.sse import event_stream
from capsulier.core.names import safe_file_name
from capsulier.logs.files import LogName
from capsulier.logs.grep import Query as GrepQuery
from capsulier.logs.pages import read_after, tail_offset
from capsulier.logs.ranges import open_range
from capsulier.logs.search import Hit, search
from capsulier.logs.source import LogFile
from capsulier.store.models import Execution

router = Router(tags=["Logs"], auth=ask_in_thread)

_SEARCHES = ThreadPoolExecutor(4, thread_name_prefix="search")
"""Of their own: a search of a large log lasts, and other readers wait for nobody's."""
_TEXT = "text/plain; charset=utf-8"


@router.get("/{name}", openapi_extra=BYTES("The log, or the part asked for.", "text/plain"))
async def read_log(
    request: AskedRequest,
    execution_id: ExecutionId,
    name: LogName,
    *,
    tail: Annotated[int | None, Query(ge=0, description="Only the last N lines.")] = None,
    download: Annotated[bool, Query(description="As a file to be saved.")] = False,
    byte_range: Annotated[str | None, Header(alias="Range", description="bytes=0-1023, bytes=-500")] = None,
) -> HttpResponseBase:
    """Read a log: its last lines, a range of its bytes, or all of it, as it is now.

    The bytes are as the program wrote them. A log that nothing was written to is empty; one that is no longer kept
    answers 410.
    """
    log = await in_thread(find_log, request.auth, execution_id, name)
    answer = await asyncio.to_thread(_answer, log.file, tail, byte_range)
    if download:
        answer.headers["Content-Disposition"] = attachment(_file_name(log.execution, name))
    return answer


@router.get("/{name}/search", response=Found)
async def search_log(
    request: AskedRequest,
    execution_id: ExecutionId,
    name: LogName,
    *,
    q: Annotated[str, Query(description="What to look for within a line.")],
    pattern: Annotated[bool, Query(description="`q` is a regular expression.")] = False,
    ignore_case: bool = False,
    page: Annotated[int, Query(ge=0, description="`next` of the page before.")] = 0,
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Found:
    """Search the whole log: the exact number of lines that match, and a page of them."""
    log = await in_thread(find_log, request.auth, execution_id, name)
    query = GrepQuery(q, is_pattern=pattern, ignore_case=ignore_case)
    left = threading.Event()
    searching = asyncio.get_running_loop().run_in_executor(_SEARCHES, _search, log.file, query, page, size, left)
    try:
        return await searching
    finally:
        left.set()


@router.get("/{name}/follow", openapi_extra=EVENTS)
async def follow_log(
    request: AskedRequest,
    execution_id: ExecutionId,
    name: LogName,
    *,
    offset: Annotated[int, Query(ge=0, description="The first byte to send.")] = 0,
    tail: Annotated[int | None, Query(ge=0, description="Begin with the last N lines instead.")] = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> HttpResponseBase:
    """Follow a log as it is written, as server-sent events, from a byte on.

    Each event is `{"offset": 4096, "data": "…"}`: where the bytes begin, and the bytes in Base64; its id is the offset
    behind them, so that a reader who was cut off goes on there. `"restarted": true` says that the program has
    truncated its log. After all bytes of an execution that has ended comes the event `end` with the execution.
    """
    log = await in_thread(find_log, request.auth, execution_id, name)
    if last_event_id and last_event_id.isdecimal():
        offset = int(last_event_id)
    elif tail is not None:
        offset = await asyncio.to_thread(_tail_offset, log.file, tail)
    return event_stream(follow_events(request, log.execution, name, offset))


def _answer(log: LogFile, tail: int | None, asked: str | None) -> HttpResponseBase:
    if not log.exists():
        return HttpResponse(content_type=_TEXT)
    size = log.size
    try:
        start = 0 if tail is None else _tail_offset(log, tail)
        span = None if tail is not None else parse_range(asked, size)
        whole = Span(start, max(start, size))
        chunks = open_range(log, *(span or whole))
    except FileNotFoundError:
        return HttpResponse(content_type=_TEXT)
    except Unsatisfiable:
        return unsatisfiable(size)
    return file_answer(chunks, span or whole, size, is_part=span is not None, content_type=_TEXT)


def _tail_offset(log: LogFile, lines: int) -> int:
    try:
        return tail_offset(log, lines) if lines else log.size
    except FileNotFoundError:
        return 0


def _search(log: LogFile, query: GrepQuery, start: int, size: int, left: threading.Event) -> Found:
    """Ends early, with what nobody reads, once the reader has left."""
    total, hits = 0, list[Hit]()
    with suppress(FileNotFoundError), closing(search(log, query, start=start, limit=size + 1)) as spans:
        for span in spans:
            total += span.matching_lines
            hits += span.hits
            if left.is_set():
                break
    items = [_line(log, *hit) for hit in hits[:size]]
    return Found(total=total, items=items, next=hits[size].offset if len(hits) > size else None)


def _line(log: LogFile, offset: int, number: int) -> FoundLine:
    lines = read_after(log, offset, 1)
    text = lines[0].data.decode(errors="replace") if lines else ""
    return FoundLine(offset=offset, number=number, text=text)


def _file_name(execution: Execution, name: LogName) -> str:
    return safe_file_name(f"{execution.job.name}-{execution.number}-{name.file_name}")
