"""The server's front door: what lasts is served by async views, everything else by threads, in one hop."""

import os
import re
from typing import Any

import django
from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capsulier.settings")
django.setup(set_prefix=False)

from django.core.wsgi import get_wsgi_application  # noqa: E402  # after the setup

from capsulier.api import probes  # noqa: E402
from capsulier.api.figures import measured  # noqa: E402
from capsulier.api.handlers import ApiHandler, StreamHandler  # noqa: E402
from capsulier.leaving import App, Scope, told_of_leaving  # noqa: E402

_STREAMS = re.compile(
    r"/api/v2/(events|changes/export|executions/\d+/(logs|files)/.+|jobs/\d+/versions/\d+/(package|files/.+)|"
    r"placements/\d+/\d+/files/\d+)",
    re.DOTALL,
)
_UPLOADS = re.compile(r"/api/v2/(packages|placements/\d+/\d+/work/.+)", re.DOTALL)
_METRICS = "/metrics"
_SEARCHES = re.compile(r"/executions/\d+/log/search")

_THREADS = 12


def _in_threads(part: str, application: Any) -> App:
    bridge: Any = WSGIMiddleware(measured(part, application), workers=_THREADS)
    return bridge  # type: ignore[no-any-return]


_streams: App = StreamHandler()
_pages = _in_threads("pages", get_wsgi_application())
_searches = told_of_leaving(_pages)
_api = _in_threads("api", ApiHandler())
# Threads of their own: uploads may be slow, and there is a database connection to each thread.
_uploads = _in_threads("uploads", ApiHandler())


async def application(scope: Scope, receive: Any, send: Any) -> None:
    await _chosen(scope)(scope, receive, send)


def _chosen(scope: Scope) -> App:
    path = scope.get("path", "")
    if path in probes.PATHS:
        return probes.probe
    if path == _METRICS:
        return _api
    if not path.startswith("/api/"):
        return _searches if _SEARCHES.fullmatch(path) else _pages
    if _STREAMS.fullmatch(path):
        return _streams
    return _uploads if _UPLOADS.fullmatch(path) else _api
