"""One's own tokens, in the account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from capsulier.core.errors import Invalid, NameTaken, NotAllowed
from capsulier.services.drafts import utc_now
from capsulier.services.issue_token import issue_token
from capsulier.services.revoke_token import revoke_token
from capsulier.store.reads.tokens import read_tokens_of
from capsulier.web.base.actor import actor_of_request
from capsulier.web.tokens.forms import TokenForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_own(request: HttpRequest) -> HttpResponse:
    """The answer to the form shows the token, this once: it is not kept."""
    actor = actor_of_request(request)
    form, made, key = TokenForm(request.POST or None, actor=actor), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, key = issue_token(actor, form.draft())
        except (Invalid, NameTaken, NotAllowed) as refusal:
            form.take_refusal(refusal)
        else:
            form = TokenForm(actor=actor)
    context = {
        "form": form,
        "made": made,
        "key": key,
        "now": utc_now(),
        "tokens": read_tokens_of(int(actor.user_id or 0)),
    }
    return render(request, "tokens/own.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = revoke_token(actor_of_request(request), token_id)
    messages.success(request, f"“{token.name}” opens nothing any more.")
    return HttpResponseRedirect("/account/tokens")
