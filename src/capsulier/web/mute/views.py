from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from capsulier.core.errors import Invalid
from capsulier.services.mute_alerts import mute_alerts, read_mute_key, unmute_alerts

_HOURS = {"8": 8, "24": 24, "168": 168, "for-ever": None}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_muting(request: HttpRequest, key: str) -> HttpResponse:
    """Nobody signs in for this: the link came with the mail, and all that it can do is to keep such mails away."""
    if request.method == "POST":
        _change(key, request.POST.get("for", ""))
        return HttpResponseRedirect(request.path)
    return render(request, "mute/page.html", {"muting": read_mute_key(key)})


@csrf_exempt
@require_POST
def mute_by_mail_program(request: HttpRequest, key: str) -> HttpResponse:
    """What "Unsubscribe" in a mail program sends (RFC 8058). It comes from nowhere and carries no cookie."""
    mute_alerts(key, None)
    return HttpResponse(status=204)


def _change(key: str, how_long: str) -> None:
    if how_long == "not":
        unmute_alerts(key)
    elif how_long in _HOURS:
        mute_alerts(key, _HOURS[how_long])
    else:
        raise Invalid("Choose for how long.")
