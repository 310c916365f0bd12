from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from capsulier.core.access import Role
from capsulier.core.errors import Invalid, NotFound
from capsulier.services.drafts import utc_now
from capsulier.services.invitations import invite, revoke_invitation
from capsulier.services.mail_invitation import try_to_mail
from capsulier.services.manager_address import manager_address
from capsulier.services.remove_member import remove_member
from capsulier.services.set_member import set_member
from capsulier.store.models import Platform
from capsulier.store.reads.people import read_invitations, read_members
from capsulier.web.administration.shell import enter
from capsulier.web.base.actor import named_platform
from capsulier.web.base.addresses import in_platform
from capsulier.web.people.forms import AddForm, InviteForm

_URL = "/administration/people"


@require_safe
def show_people(request: HttpRequest) -> HttpResponse:
    _, platform, context = enter(request, _URL)
    return _page(request, platform, context)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Somebody who has an account already."""
    actor, platform, context = enter(request, _URL)
    form = AddForm(request.POST, auto_id="add_%s")
    if form.is_valid():
        try:
            membership = set_member(
                actor, platform.name, form.cleaned_data["username"], Role(form.cleaned_data["role"])
            )
        except Invalid as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, f"{membership.user} is {membership.role} of “{platform}”.")
            return _back(request)
    return _page(request, platform, context | {"add": form}, status=422)


@never_cache
@require_POST
def send_invitation(request: HttpRequest) -> HttpResponse:
    """The answer shows the link, this once: it is not kept."""
    actor, platform, context = enter(request, _URL)
    form = InviteForm(request.POST, auto_id="invite_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            invitation, key = invite(
                actor, platform.name, Role(given["role"]), email=given["email"], days=given["days"]
            )
        except Invalid as refusal:
            form.take_refusal(refusal)
        else:
            base = manager_address() or f"{request.scheme}://{request.get_host()}"
            link = f"{base}/invitation/{key}"
            unsent = try_to_mail(invitation, link)
            return _page(request, platform, context | {"link": link, "invited": invitation, "unsent": unsent})
    return _page(request, platform, context | {"invite": form}, status=422)


@require_POST
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    actor, platform, _ = enter(request, _URL)
    revoke_invitation(actor, platform.name, invitation_id)
    messages.success(request, "The invitation is revoked.")
    return _back(request)


@require_POST
def change_role(request: HttpRequest, username: str) -> HttpResponse:
    actor, platform, _ = enter(request, _URL)
    wanted = request.POST.get("role", "")
    if wanted not in list(Role):
        raise NotFound("There is no such role.")
    return _done(request, lambda: f"{set_member(actor, platform.name, username, Role(wanted)).user} is {wanted} now.")


@require_POST
def remove(request: HttpRequest, username: str) -> HttpResponse:
    actor, platform, _ = enter(request, _URL)

    def deed() -> str:
        remove_member(actor, platform.name, username)
        return f"“{username}” is no member of “{platform}” any more."

    return _done(request, deed)


def _done(request: HttpRequest, deed: Callable[[], str]) -> HttpResponse:
    """Do it, and say what came of it on the page it was asked for."""
    try:
        messages.success(request, deed())
    except Invalid as refusal:
        messages.error(request, refusal.sentence)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(in_platform(_URL, named_platform(request)))


def _page(request: HttpRequest, platform: Platform, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    now = utc_now()
    shown = {
        "members": read_members(platform.pk),
        "invitations": [(each, each.expires_at <= now) for each in read_invitations(platform.pk)],
        "roles": [(role.value, role.label) for role in Role],
        "add": AddForm(auto_id="add_%s"),
        "invite": InviteForm(auto_id="invite_%s"),
    }
    return render(request, "people/members.html", shown | context, status=status)
