"""Who asks for this page, and in which platform.

A page about a job is in the job's platform. Any other names its platform in its address (`?platform=`), where the
person has several; without that it is in the one that was shown last.
"""

from django.http import HttpRequest

from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotFound, NotSignedIn
from capsulier.services.edit_platform import FIRST
from capsulier.services.finding import find_platform, platforms_of
from capsulier.services.identity import actor_of_user, coming_from
from capsulier.store.models import Platform, User
from capsulier.web.base.htmx import wants_part

_SHOWN_LAST = "platform"
"""Key of the session."""


def actor_of_request(request: HttpRequest) -> Actor:
    """Who is signed in. Raises NotSignedIn, which `Refusals` answers with the sign-in page."""
    known: Actor | None = getattr(request, "_capsulier_actor", None)
    if known is None:
        user = getattr(request, "user", None)  # none yet where a request was refused before anybody asked
        if not isinstance(user, User):
            raise NotSignedIn("Sign in to see this page.")
        known = coming_from(actor_of_user(user), request.META)
        request._capsulier_actor = known  # type: ignore[attr-defined]
    return known


def platforms_of_request(request: HttpRequest) -> list[Platform]:
    """Those that the person may see, in the order of their names."""
    known: list[Platform] | None = getattr(request, "_capsulier_platforms", None)
    if known is None:
        known = request._capsulier_platforms = list(platforms_of(actor_of_request(request)))  # type: ignore[attr-defined]
    return known


def platform_of_request(request: HttpRequest, action: Action = Action.SEE) -> Platform:
    """The platform that the page is about, if the actor may do this in it."""
    actor = actor_of_request(request)
    shown: Platform | None = getattr(request, "_capsulier_platform", None)
    if shown is None:
        named = request.GET.get("platform")
        shown = find_platform(actor, named.replace("\0", "")) if named is not None else _usual(request)
        show_platform(request, shown, is_chosen=named is not None)
    actor.require(action, shown.pk, f"Platform “{shown.name}”")
    return shown


def show_platform(request: HttpRequest, platform: Platform, *, is_chosen: bool = True) -> None:
    """This page is about something in that platform: its top bar says so, and the next page begins there."""
    request._capsulier_platform = platform  # type: ignore[attr-defined]
    if is_chosen and not wants_part(request) and request.session.get(_SHOWN_LAST) != platform.pk:
        request.session[_SHOWN_LAST] = platform.pk


def named_platform(request: HttpRequest) -> str:
    """What the addresses on this page say of the platform: its name, or nothing where the person has only one."""
    return platform_of_request(request).name if len(platforms_of_request(request)) > 1 else ""


def _usual(request: HttpRequest) -> Platform:
    platforms = platforms_of_request(request)
    last = request.session.get(_SHOWN_LAST)
    usual = next((each for each in platforms if each.pk == last), None)
    usual = usual or next((each for each in platforms if each.name == FIRST), None) or next(iter(platforms), None)
    if usual is None:
        raise NotFound("You are a member of no platform. An administrator can add you to one.")
    return usual
