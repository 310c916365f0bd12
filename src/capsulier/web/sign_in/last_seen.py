"""When a session was used last, for the list of them: written down now and then, not with every request."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

from capsulier.clock import now_us

_NOW_AND_THEN_US = 5 * 60 * 1_000_000
_KEY = "seen_us"


class LastSeen:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.session.session_key and request.session.accessed and request.user.is_authenticated:
            at_us = now_us()
            if at_us - request.session.get(_KEY, 0) > _NOW_AND_THEN_US:
                request.session[_KEY] = at_us
                UserSession.objects.create_from_request(request)  # or brings it up to date
        return response
