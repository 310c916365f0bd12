"""What every page of Administration asks first, and the tabs around it."""

from typing import Any

from django.http import HttpRequest

from capsulier.core.access import Actor
from capsulier.core.errors import NotAllowed
from capsulier.store.models import Platform
from capsulier.web.administration.sections import SECTIONS, sections_for
from capsulier.web.base.actor import actor_of_request, platform_of_request


def enter(request: HttpRequest, url: str) -> tuple[Actor, Platform, dict[str, Any]]:
    """Who asks for the section at `url`, in which platform, and what the tabs around it need.

    Raises NotAllowed for who may not open it; a stranger of the platform finds nothing.
    """
    actor, platform = actor_of_request(request), platform_of_request(request)
    section = next(section for section in SECTIONS if section.url == url)
    if not section.is_for(actor, platform.id):
        raise NotAllowed(f"“{section.label}” is for administrators.")
    return actor, platform, {"section": section, "sections": sections_for(actor, platform.id)}
