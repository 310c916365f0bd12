"""Server-sent events: how they are written, and the answer that carries them."""

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from django.http import StreamingHttpResponse

from capsulier.core.errors import CapsulierError

PING = b": still here\n\n"
BEAT_S = 15.0
"""Proxies close what is silent for longer, often after a minute."""
ASK_AGAIN_S = 30.0
"""A stream asks so often whether its reader still may read."""


def event(data: Any, *, name: str = "", id: int | None = None) -> bytes:
    """One event; data as JSON, which has no line breaks."""
    head = (f"event: {name}\n" if name else "") + ("" if id is None else f"id: {id}\n")
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def event_stream(events: AsyncGenerator[bytes, None]) -> StreamingHttpResponse:
    """The answer. A reader who may no longer read is sent nothing more; when they ask again, they hear why."""
    # nginx would gather events until a buffer is full.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(_until_refused(events), content_type="text/event-stream", headers=headers)


async def _until_refused(events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    with contextlib.suppress(CapsulierError):
        async with contextlib.aclosing(events):
            async for each in events:
                yield each
