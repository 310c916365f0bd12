"""`/healthz` and `/readyz`: what supervisors, proxies and clusters ask, without a token and by whatever host name."""

import asyncio
import json
import logging
from typing import Any

from capsulier.api.v2.asking import in_thread
from capsulier.services.readiness import readiness
from capsulier.services.trouble import trouble_of

_PATIENCE_S = 3.0
_log = logging.getLogger(__name__)

PATHS = frozenset({"/healthz", "/readyz"})


async def probe(scope: Any, receive: Any, send: Any) -> None:
    """Answered by the event loop itself: it lives, then, and that is all that `/healthz` says. Of what is wrong only
    the kind is told, for anybody may ask."""
    status, told = (200, {"status": "alive"}) if scope["path"] == "/healthz" else await _ready()
    body = json.dumps(told).encode() + b"\n"
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _ready() -> tuple[int, dict[str, Any]]:
    """200 while pages and API can work. Whether a conductor leads is told beside it: they work without one."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await in_thread(readiness)
    except Exception as error:
        if not isinstance(error, TimeoutError) and trouble_of(error) is None:
            _log.exception("Whether all is ready could not be found out.")
        return 503, {"status": "not ready", "database": "does not answer"}
    told = {
        "status": "ready" if found.is_migrated else "not ready",
        "database": "answers",
        "migrations": "applied" if found.is_migrated else "missing",
        "conductor": "leads" if found.is_led else "none leads",
    }
    return (200 if found.is_migrated else 503), told
