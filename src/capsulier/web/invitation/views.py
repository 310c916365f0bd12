from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from capsulier.core.errors import Invalid, NameTaken
from capsulier.services.attempts import LINKS, counted, network_of
from capsulier.services.invitations import NewPerson, accept_as_new, join, read_invitation
from capsulier.store.models import Invitation, User
from capsulier.web.invitation.forms import NewPersonForm
from capsulier.web.sign_in.entering import enter


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Who is signed in joins as they are; anybody else makes an account. Looking at the link does not use it up."""
    with counted(LINKS, network_of(request.META)):
        invitation = read_invitation(key)
    user = request.user
    if request.method == "POST" and isinstance(user, User) and "join" in request.POST:
        return _welcome(request, join(key, user).name)
    form = NewPersonForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST" and form.is_valid():
        try:
            made = accept_as_new(key, NewPerson(**form.cleaned_data))
        except (Invalid, NameTaken) as refusal:
            form.take_refusal(refusal)
        else:
            enter(request, made, how="invitation")
            return _welcome(request, invitation.platform.name)
    return _page(request, invitation, form)


def _welcome(request: HttpRequest, platform: str) -> HttpResponse:
    messages.success(request, "You are a member now.")
    return HttpResponseRedirect(f"/?platform={platform}")


def _page(request: HttpRequest, invitation: Invitation, form: NewPersonForm) -> HttpResponse:
    context = {"invitation": invitation, "form": form}
    return render(request, "invitation/page.html", context, status=422 if form.errors else 200)
