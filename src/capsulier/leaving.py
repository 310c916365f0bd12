"""Whether the reader of an answer has left, for views that run in threads and may take long.

The server tells an ASGI application that its reader is gone; a WSGI view hears nothing of it. `told_of_leaving` notes
it where `has_left` finds it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from threading import Event
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[[Scope, Any, Any], Awaitable[None]]

_LEFT = "capsulier.left"


def told_of_leaving(application: App) -> App:
    """The application, for requests without a body: what is received after their beginning is that the reader left."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        left = Event()
        begun = await receive()

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            left.set()

        async def receive_again() -> Any:
            return begun

        watching = asyncio.create_task(watch())
        try:
            await application({**scope, _LEFT: left}, receive_again, send)
        finally:
            watching.cancel()

    return answer


def has_left(environ: Mapping[str, Any]) -> bool:
    """By the `META` of a request; False where nobody watches."""
    left: Event | None = environ.get("asgi.scope", {}).get(_LEFT)
    return left is not None and left.is_set()
