from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.errors import NotAllowed
from capsulier.services.system_facts import system_facts
from capsulier.web.administration.sections import sections_for
from capsulier.web.administration.shell import enter
from capsulier.web.base.actor import actor_of_request, named_platform, platform_of_request
from capsulier.web.base.addresses import in_platform


@require_safe
def show_first(request: HttpRequest) -> HttpResponse:
    """Lead to the first section that the person may open."""
    sections = sections_for(actor_of_request(request), platform_of_request(request).id)
    if not sections:
        raise NotAllowed("Administration is for administrators.")
    return HttpResponseRedirect(in_platform(sections[0].url, named_platform(request)))


@require_safe
def show_system(request: HttpRequest) -> HttpResponse:
    actor, _, context = enter(request, "/administration/system")
    return render(request, "administration/system.html", context | {"facts": system_facts(actor)})
