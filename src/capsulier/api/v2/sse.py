"""Server-sent events: how they are written, and the answer that carries them."""

import json
from collections.abc import AsyncIterator
from typing import Any

from django.http import StreamingHttpResponse

PING = b": still here\n\n"
BEAT_S = 15.0
"""Proxies close what is silent for longer, often after a minute."""
ASK_AGAIN_S = 30.0
"""A stream asks so often whether its reader still may read."""


def event(data: Any, *, name: str = "", id: int | None = None) -> bytes:
    """One event; data as JSON, which has no line breaks."""
    head = (f"event: {name}\n" if name else "") + ("" if id is None else f"id: {id}\n")
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def event_stream(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    # nginx would gather events until a buffer is full.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)
