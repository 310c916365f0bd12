"""Who asks: a session's cookie, a Bearer token, or Basic with a token as the password."""

import base64
import binascii
from collections.abc import Callable
from importlib import import_module
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict

from capsulier.core.access import Actor
from capsulier.core.errors import NotAllowed, NotSignedIn
from capsulier.services.attempts import TOKENS, attempt, network_of
from capsulier.services.identity import actor_of_key, actor_of_user, coming_from
from capsulier.store.models import User

P = ParamSpec("P")
T = TypeVar("T")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_sessions = import_module(settings.SESSION_ENGINE)


class AskedRequest(HttpRequest):
    """A request whose asker is known: what the operations get."""

    auth: Actor


def ask(request: HttpRequest) -> Actor:
    """Who makes this request. Needs no middleware. Raises NotSignedIn, or NotAllowed where a page of another site
    may have made it."""
    return coming_from(_ask(request), request.META)


def _ask(request: HttpRequest) -> Actor:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return _of_key(request, credentials.strip())
        case "basic":
            return _of_key(request, _password(credentials))
    return _of_cookie(request)


def _of_key(request: HttpRequest, key: str) -> Actor:
    """Only what is not good counts: a program with a revoked token keeps out no other at its address."""
    try:
        return actor_of_key(key)
    except NotSignedIn:
        attempt(TOKENS, network_of(request.META))
        raise


async def ask_in_thread(request: HttpRequest) -> Actor:
    """The same for async views."""
    return await in_thread(ask, request)


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what asks the database in the one thread, with the one connection, that all streams share for it."""

    def work() -> T:
        close_old_connections()  # a stream outlives a restart of the database
        return function(*args, **kwargs)

    return await sync_to_async(work)()


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotSignedIn("The Authorization header cannot be read.") from error


def _of_cookie(request: HttpRequest) -> Actor:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        raise NotSignedIn("Sign in, or send a token: Authorization: Bearer cap_….")
    request.session = _sessions.SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User):
        raise NotSignedIn("Your session has ended. Sign in again.")
    if request.method not in _SAFE:
        _check_csrf(request)
    return actor_of_user(user)


def _check_csrf(request: HttpRequest) -> None:
    """By the X-CSRFToken header only: Django would look through the form first, and read a package into memory."""
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
    middleware = CsrfViewMiddleware(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    middleware.process_request(request)
    if middleware.process_view(request, lambda _: HttpResponse(), (), {}) is not None:
        raise NotAllowed("This request lacks the page's X-CSRFToken. Reload the page and try again.")
