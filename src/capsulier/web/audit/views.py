from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.trail import Subject
from capsulier.services.read_audit import Audit
from capsulier.web.administration.shell import enter
from capsulier.web.audit.asked import Asked
from capsulier.web.base.actor import named_platform
from capsulier.web.base.zone import zone_of_request
from capsulier.web.job.change_words import show_change

_URL = "/administration/audit"
_PAGE = 50


@require_safe
def show_trail(request: HttpRequest) -> HttpResponse:
    """Of the platform; for administrators of the installation with `all` of everything, sign-ins too."""
    actor, platform, context = enter(request, _URL)
    asked = Asked.read(request.GET, zone_of_request(request))
    if asked.is_of_all:
        actor.require_installation()
    before = request.GET.get("before", "")
    audit = Audit(actor, None if asked.is_of_all else platform.name)
    rows = audit.read(
        asked.filter, before=int(before) if before.isdecimal() and len(before) < 19 else None, count=_PAGE + 1
    )
    older = asked.query(before=rows[_PAGE - 1].pk, platform=named_platform(request)) if len(rows) > _PAGE else ""
    context |= {
        "asked": asked,
        "changes": [show_change(each, in_full=True) for each in rows[:_PAGE]],
        "older": older,
        "subjects": [(each, each.value.capitalize(), each == asked.subject) for each in Subject],
        "export_query": asked.export_query(platform.name),
        "may_see_all": actor.is_superuser,
    }
    return render(request, "audit/page.html", context)
