"""What the layout shows around every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from capsulier.core.access import Action
from capsulier.web.base.actor import actor_of_request, platform_of_request


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the platform, and what the person may do in it. Asked of the database only if used."""
    return {
        "platform": SimpleLazyObject(lambda: platform_of_request(request)),
        "may": SimpleLazyObject(lambda: _allowed(request)),
    }


def _allowed(request: HttpRequest) -> dict[str, bool]:
    actor, platform = actor_of_request(request), platform_of_request(request)
    return {action.value: actor.may(action, platform.id) for action in Action}
