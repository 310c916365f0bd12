"""Answers that are files, or ranges of them (RFC 9110, section 14): one range at most, several are answered whole."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from capsulier.api.v2.problems import problem

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_LONGEST_NUMBER = 18


class Span(NamedTuple):
    start: int
    end: int
    """Not included."""


class Unsatisfiable(Exception):
    """No byte of the file lies in the range."""


def parse_range(header: str | None, size: int) -> Span | None:
    """The range asked for, cut to the file's size; None where the whole file is to be sent. Raises Unsatisfiable."""
    found = _RANGE.fullmatch(header or "")
    if not found or found[1] == found[2] == "" or max(len(found[1]), len(found[2])) > _LONGEST_NUMBER:
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise Unsatisfiable
    return Span(start, end)


def unsatisfiable(size: int) -> HttpResponse:
    answer = problem(416, "range", f"No byte lies in the range asked for: there are {size:,}.")
    answer.headers["Content-Range"] = f"bytes */{size}"
    return answer


def file_answer(
    chunks: Iterator[bytes], span: Span, size: int, *, is_part: bool, content_type: str
) -> HttpResponseBase:
    """The bytes of the span, as they are read."""
    answer = StreamingHttpResponse(_in_threads(chunks), content_type=content_type, status=206 if is_part else 200)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(span.end - span.start)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    # Whatever a program wrote or a person uploaded is never a page of this site.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if is_part:
        answer.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return answer


def attachment(name: str) -> str:
    """Content-Disposition for a name of `safe_file_name`: nothing in it needs quoting."""
    return f'attachment; filename="{name}"'


async def _in_threads(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A disk may be slow, and others wait."""
    try:
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
