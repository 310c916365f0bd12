from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.config import config
from capsulier.services.note_sign_in import note_own_account
from capsulier.store.models import User
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.zone import zone_names, zone_of_browser
from capsulier.web.sign_in.forms import AccountForm


@require_http_methods(["GET", "HEAD", "POST"])
def show_account(request: HttpRequest) -> HttpResponse:
    """One's own name and password. Who came by the first link is led here once, and may skip it."""
    user = User.objects.get(id=str(actor_of_request(request).user_id))
    form = AccountForm(request.POST or None, instance=user, zone_of_browser=zone_of_browser(request))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        if form.cleaned_data["password"]:
            update_session_auth_hash(request, saved)  # a new password ends all other sessions, not this one
            UserSession.objects.create_from_request(request)  # which has a new key now
            note_own_account(saved, request.META, "set password")
        if "email" in form.changed_data:
            note_own_account(saved, request.META, "changed email")
        messages.success(request, "Your account is saved.")
        return HttpResponseRedirect("/" if "first" in request.GET else "/account")
    context = {
        "form": form,
        "is_first": "first" in request.GET,
        "zones": zone_names(),
        "single_sign_on": config().oidc_name if config().oidc_issuer else "",
    }
    return render(request, "sign_in/account.html", context, status=422 if form.errors else 200)
