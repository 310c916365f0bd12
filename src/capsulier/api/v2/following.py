"""A log as it is written, as server-sent events."""

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from capsulier.api.changes import CHANGES, Subscription
from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.found_log import find_log
from capsulier.api.v2.shapes.execution import ExecutionOut
from capsulier.api.v2.sse import ASK_AGAIN_S, BEAT_S, PING, event
from capsulier.core.states import LIVE
from capsulier.logs.files import LogName
from capsulier.logs.follow import Chunk, follow
from capsulier.services.finding import find_execution
from capsulier.store.models import Execution


async def follow_events(
    request: AskedRequest, execution: Execution, name: LogName, offset: int
) -> AsyncGenerator[bytes, None]:
    """Its bytes from an offset on, pings where there are none for long, and `end` with the execution."""
    with CHANGES.subscribe({execution.platform_id}) as changes:
        while (log := await in_thread(find_log, await ask_in_thread(request), execution.pk, name)).is_yet_to_come(name):
            if await changes.wait(BEAT_S) is None:
                yield PING
        chunks = follow(log.file, offset, lambda: _has_ended(request, execution, changes))
        async with aclosing(_with_pings(chunks)) as coming:
            ask_again = _now() + ASK_AGAIN_S
            async for chunk in coming:
                if _now() > ask_again:
                    await in_thread(find_execution, await ask_in_thread(request), execution.pk)
                    ask_again = _now() + ASK_AGAIN_S
                yield _told(chunk) if chunk else PING
    ended = await in_thread(find_execution, request.auth, execution.pk)
    yield event(ExecutionOut.of(ended).model_dump(mode="json"), name="end")


async def _has_ended(request: AskedRequest, execution: Execution, changes: Subscription) -> bool:
    """Asked ten times a second; the database only when something about the job has changed."""
    if execution.job_id not in changes.take().jobs and not changes.is_time_to_look():
        return False
    return (await in_thread(find_execution, request.auth, execution.pk)).state not in LIVE


async def _with_pings(chunks: AsyncIterator[Chunk]) -> AsyncGenerator[Chunk | None, None]:
    """The chunks, and None whenever there was none for the time of a beat."""
    coming: asyncio.Future[Any] = asyncio.ensure_future(anext(chunks, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=BEAT_S)
            if not done:
                yield None
                continue
            chunk = coming.result()
            if chunk is None:
                return
            yield chunk
            coming = asyncio.ensure_future(anext(chunks, None))
    finally:
        coming.cancel()


def _told(chunk: Chunk) -> bytes:
    told: dict[str, Any] = {"offset": chunk.offset, "data": base64.b64encode(chunk.data).decode()}
    if chunk.restarted:
        told["restarted"] = True
    return event(told, id=chunk.offset + len(chunk.data))


def _now() -> float:
    return asyncio.get_running_loop().time()
