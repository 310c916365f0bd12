"""Who asks for this page, and in which platform."""

from django.http import HttpRequest

from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotSignedIn
from capsulier.services.finding import find_platform
from capsulier.services.identity import actor_of_user, coming_from
from capsulier.store.models import Platform

_PLATFORM = "main"
"""The one that exists from the start; choosing among several comes with their administration."""


def actor_of_request(request: HttpRequest) -> Actor:
    """Who is signed in. Raises NotSignedIn, which `Refusals` answers with the sign-in page."""
    known: Actor | None = getattr(request, "_capsulier_actor", None)
    if known is None:
        if not request.user.is_authenticated:
            raise NotSignedIn("Sign in to see this page.")
        known = coming_from(actor_of_user(request.user), request.META)
        request._capsulier_actor = known  # type: ignore[attr-defined]
    return known


def platform_of_request(request: HttpRequest, action: Action = Action.SEE) -> Platform:
    """The platform that the page is about, if the actor may do this in it."""
    return find_platform(actor_of_request(request), _PLATFORM, action)
