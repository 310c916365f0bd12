"""Django's request handlers for the API, without the middleware of the pages.

It asks by itself who its caller is, and refuses in problem details, not with pages. For streams there is one reason
more: sync middleware holds a thread for as long as a stream lasts; without it 500 open streams take 4 threads.
"""

from typing import Any

from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from capsulier.api.v2.problems import problem, problem_of


class _Bare(BaseHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._in_async if is_async else self._in_thread)

    def _in_thread(self, request: HttpRequest) -> HttpResponseBase:
        return _finished(_refused(request) or self._get_response(request))  # type: ignore[attr-defined]

    async def _in_async(self, request: HttpRequest) -> HttpResponseBase:
        return _finished(_refused(request) or await self._get_response_async(request))  # type: ignore[attr-defined]


class ApiHandler(_Bare, WSGIHandler):
    """Calls that end soon."""


class StreamHandler(_Bare, ASGIHandler):
    """What lasts: events, followed logs, downloads."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Without Django's own context here, which would give each request, and so each open page, a thread and a
        # database connection.
        await self.handle(scope, receive, send)


def _refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to what no operation has to hear of: a host that is not ours (the page of another site, by a name
    that it made point here), and the one character that PostgreSQL cannot be asked for."""
    try:
        request.get_host()
    except DisallowedHost as error:
        return problem_of(error)
    if "%00" in request.META["QUERY_STRING"]:
        return problem(400, "malformed", "There is a NUL character in the address.")
    return None


def _finished(response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code == 405:
        allowed = response.headers["Allow"]
        response = problem(405, "method_not_allowed", f"This address takes {allowed} only.")
        response.headers["Allow"] = allowed
    if not response.streaming:
        response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
