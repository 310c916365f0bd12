"""What the layout shows around every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from capsulier.core.access import Action
from capsulier.core.errors import CapsulierError
from capsulier.store.models import Platform
from capsulier.web.base.actor import actor_of_request, named_platform, platform_of_request, platforms_of_request


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the platform, those there are beside it, and what the person may do in it. Asked of the
    database only if used."""
    return {
        "platform": SimpleLazyObject(lambda: _platform(request)),
        "platforms": SimpleLazyObject(lambda: platforms_of_request(request)),
        "named_platform": SimpleLazyObject(lambda: named_platform(request) if _platform(request) else ""),
        "may": SimpleLazyObject(lambda: _allowed(request)),
    }


def _platform(request: HttpRequest) -> Platform | None:
    """None for who may not see it: the page that tells them so has a layout, too."""
    try:
        return platform_of_request(request)
    except CapsulierError:
        return None


def _allowed(request: HttpRequest) -> dict[str, bool]:
    platform = _platform(request)
    if platform is None:
        return {}
    actor = actor_of_request(request)
    return {action.value: actor.may(action, platform.id) for action in Action}
