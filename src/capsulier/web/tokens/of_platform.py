"""The tokens that open a platform, for its administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from capsulier.services.drafts import utc_now
from capsulier.services.revoke_token import revoke_token
from capsulier.store.reads.tokens import read_tokens_into
from capsulier.web.administration.shell import enter
from capsulier.web.base.actor import named_platform
from capsulier.web.base.addresses import in_platform

_URL = "/administration/tokens"


@require_safe
def show_tokens(request: HttpRequest) -> HttpResponse:
    actor, platform, context = enter(request, _URL)
    shown = {
        "now": utc_now(),
        # One that opens other platforms as well is its person's, and the installation's, to revoke.
        "tokens": [
            (each, actor.is_superuser or each.platform_id is not None) for each in read_tokens_into(platform.pk)
        ],
    }
    return render(request, "tokens/of_platform.html", context | shown)


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    actor, _, _ = enter(request, _URL)
    token = revoke_token(actor, token_id)
    messages.success(request, f"“{token.name}” opens nothing any more.")
    return HttpResponseRedirect(in_platform(_URL, named_platform(request)))
