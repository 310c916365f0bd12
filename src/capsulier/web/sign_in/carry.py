"""Nothing typed is lost: a form that is sent after its session has ended is kept through signing in."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.utils.http import url_has_allowed_host_and_scheme

_PREFIX = "carried."
_TARGET = "carried_to"
_NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "password", "current_password"})


def carried_context(request: HttpRequest) -> dict[str, Any]:
    """For a page that asks to sign in: what was sent, as fields to send along."""
    if _TARGET in request.POST:  # a second attempt: carried already
        fields = [(name, value) for name, value in _pairs(request.POST) if name.startswith(_PREFIX)]
        return {"carried": fields, "carried_to": request.POST[_TARGET]}
    if request.method != "POST" or request.path == "/sign-in":
        return {}
    fields = [(f"{_PREFIX}{name}", value) for name, value in _pairs(request.POST) if name not in _NOT_CARRIED]
    return {"carried": fields, "carried_to": request.get_full_path()}


def send_carried(request: HttpRequest) -> HttpResponse | None:
    """Send on what was carried, as the person now signed in; None where nothing was."""
    target = request.POST.get(_TARGET, "")
    if not target or not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return None
    posted = QueryDict(mutable=True)
    for name, value in _pairs(request.POST):
        if name.startswith(_PREFIX):
            posted.appendlist(name.removeprefix(_PREFIX), value)
    parts = urlsplit(target)
    request.path = request.path_info = parts.path
    request.GET = QueryDict(parts.query)
    request.POST = posted  # type: ignore[assignment]
    request.resolver_match = found = resolve(parts.path)
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return response


def keep_carried(request: HttpRequest) -> None:
    """Through the steps of a sign-in that asks for more than a password, in the session of who knew it."""
    if target := request.POST.get(_TARGET, ""):
        fields = [
            (name.removeprefix(_PREFIX), value) for name, value in _pairs(request.POST) if name.startswith(_PREFIX)
        ]
        request.session[_TARGET] = [target, fields]


def take_kept(request: HttpRequest) -> tuple[str, list[tuple[str, str]]] | None:
    """What was kept, and where it was to be sent; it is kept no longer."""
    target, fields = request.session.pop(_TARGET, ("", []))
    if not target or not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return None
    return target, [(str(name), str(value)) for name, value in fields]


def offer_again(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. A form of our own page that was opened before signing in has an old token: it may be
    sent again. What comes from elsewhere is refused."""
    is_own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    context = {"fields": [pair for pair in _pairs(request.POST) if pair[0] not in _NOT_CARRIED] if is_own else []}
    return render(request, "sign_in/again.html", {**context, "is_own": is_own}, status=403)


def _pairs(data: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in data.lists() for value in values]
