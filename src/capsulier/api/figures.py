"""What a web process measures of itself."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from django.db import connection

from capsulier.figures import ProcessFigures

FIGURES = ProcessFigures("web")
_REQUEST = FIGURES.histogram("request_seconds", "How long an answer took, by what was asked for.", ["part"])
_STATEMENT = FIGURES.histogram("statement_seconds", "How long the database took for a statement.")

WsgiApp: TypeAlias = Callable[[Any, Any], Iterable[bytes]]


def measured(part: str, application: WsgiApp) -> WsgiApp:
    """The application, with its answers and the statements made for them measured."""
    request = _REQUEST.labels(part)

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        with request.time(), connection.execute_wrapper(_time_statement):
            return application(environ, start_response)

    return answer


def _time_statement(execute: Callable[..., Any], *statement: Any) -> Any:
    began = time.perf_counter()
    try:
        return execute(*statement)
    finally:
        _STATEMENT.observe(time.perf_counter() - began)
