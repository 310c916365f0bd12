"""Live events: hints that something changed."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

from django.http.response import HttpResponseBase
from ninja import Query, Router

from capsulier.api.changes import CHANGES
from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.jobs import platform_ids
from capsulier.api.v2.openapi import EVENTS
from capsulier.api.v2.sse import ASK_AGAIN_S, BEAT_S, event, event_stream

router = Router(tags=["Events"], auth=ask_in_thread)


@router.get("/events", openapi_extra=EVENTS)
async def events(
    request: AskedRequest,
    platform: Annotated[str | None, Query(description="Only of this platform. Default: all that you may see.")] = None,
) -> HttpResponseBase:
    """Be told, as server-sent events, which jobs and executions changed: `{"jobs": [12], "executions": [81]}`.

    These are hints without replay: look again at what you show, and look at all of it after a reconnect. An event
    `beat` comes every 15 seconds, so that a dead line can be told from a quiet one.
    """
    return event_stream(_events(request, platform, await in_thread(platform_ids, request.auth, platform)))


async def _events(request: AskedRequest, platform: str | None, platforms: list[int]) -> AsyncGenerator[bytes, None]:
    loop = asyncio.get_running_loop()
    ask_again = loop.time() + ASK_AGAIN_S
    with CHANGES.subscribe(platforms) as changes:
        yield event({}, name="beat")
        while True:
            hints = await changes.wait(BEAT_S)
            if loop.time() > ask_again:
                now = await in_thread(platform_ids, await ask_in_thread(request), platform)
                if set(now) != set(platforms):
                    return  # the reader opens it again, and gets what they may see now
                ask_again = loop.time() + ASK_AGAIN_S
            if hints is None:
                yield event({}, name="beat")
            else:
                yield event({"jobs": sorted(hints.jobs), "executions": sorted(hints.executions)})
