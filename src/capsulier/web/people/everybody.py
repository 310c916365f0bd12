"""Everybody who has an account in this installation, for its administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from capsulier.core.errors import Invalid
from capsulier.services.change_person import change_person
from capsulier.store.reads.people import read_people
from capsulier.web.administration.shell import enter

_URL = "/administration/everybody"
_DEEDS = {
    "deactivate": ({"is_active": False}, "is deactivated"),
    "reactivate": ({"is_active": True}, "may sign in again"),
    "without second factor": ({"without_second_factor": True}, "has no second factor now"),
    "appoint": ({"is_superuser": True}, "administers the installation now"),
    "dismiss": ({"is_superuser": False}, "administers the installation no more"),
}


@require_safe
def show_everybody(request: HttpRequest) -> HttpResponse:
    _, _, context = enter(request, _URL)
    people = [
        (
            person,
            [each for each in person.memberships.all() if each.platform.archived_at is None],
            bool(person.authenticator_set.all()),
        )
        for person in read_people()
    ]
    return render(request, "people/everybody.html", context | {"people": people})


@require_POST
def change(request: HttpRequest, username: str) -> HttpResponse:
    actor, _, _ = enter(request, _URL)
    changes, words = _DEEDS.get(request.POST.get("do", ""), ({}, "stays as they are"))
    try:
        messages.success(request, f"{change_person(actor, username, **changes)} {words}.")
    except Invalid as refusal:
        messages.error(request, refusal.sentence)
    return HttpResponseRedirect(_URL)
