"""The few headers of htmx that we read and write."""

import json
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

R = TypeVar("R", bound=HttpResponse)


def wants_part(request: HttpRequest) -> bool:
    """Does htmx ask for a part of the page, to be swapped in?"""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def with_toast(response: R, text: str, *, level: str = "success", undo: str | None = None) -> R:
    """Have the page say this once; `undo` is where to post to take it back."""
    toast = {"text": text, "level": level, **({"undo": undo} if undo else {})}
    # ensure_ascii: headers are Latin-1 at most, names of jobs are anything.
    response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response
