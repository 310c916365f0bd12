from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.config import OPENID_PROVIDER, config
from capsulier.core.errors import NotSignedIn, TooManyAttempts
from capsulier.services.attempts import LINKS, counted, network_of
from capsulier.services.identity import redeem_sign_in_key
from capsulier.services.note_sign_in import note_failed_sign_in, note_sign_out
from capsulier.store.models import User
from capsulier.web.sign_in.carry import carried_context, keep_carried, send_carried, take_kept
from capsulier.web.sign_in.entering import enter
from capsulier.web.sign_in.forms import SignInForm, has_password


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _check_password(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next_page(request))
    return _page(request, SignInForm())


@never_cache
@require_safe
def redeem(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in by a link that works once. A HEAD or a prefetch looks without using it up."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return HttpResponse()
    try:
        with counted(LINKS, network_of(request.META)):
            user = redeem_sign_in_key(key)
    except NotSignedIn as error:
        note_failed_sign_in("", request.META, how="link")
        if request.user.is_authenticated:  # the same link, opened again by the one whom it let in
            return HttpResponseRedirect("/")
        return _page(request, SignInForm(), refusal=error.sentence, status=error.status)
    is_first = user.last_login is None and not has_password(user)
    enter(request, user, how="link")
    return HttpResponseRedirect("/account?first=yes" if is_first else "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        note_sign_out(request.user, request.META)
    logout(request)
    return HttpResponseRedirect("/sign-in")


def _check_password(request: HttpRequest) -> HttpResponse:
    if "signed_in" in request.POST and request.user.is_authenticated:
        return send_carried(request) or HttpResponseRedirect(_next_page(request))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    try:
        user = get_adapter().authenticate(request, **given)
    except TooManyAttempts as error:
        answer = _page(request, form, refusal=error.sentence, status=error.status)
        answer.headers["Retry-After"] = str(error.wait_s)
        return answer
    if not isinstance(user, User):
        return _page(request, form, refusal="User name and password do not match.", status=422)
    response: HttpResponse = perform_password_login(request, given, Login(user=user, redirect_url=_next_page(request)))
    if not request.user.is_authenticated:  # a second factor is asked for first
        keep_carried(request)
        return response
    return send_carried(request) or response


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """Where one comes after a sign-in in several steps: what was typed before it is offered to be sent."""
    kept = take_kept(request)
    if kept is None:
        return HttpResponseRedirect("/")
    return render(request, "sign_in/again.html", {"is_own": True, "target": kept[0], "fields": kept[1]})


def ask_first(request: HttpRequest) -> HttpResponse:
    """Instead of a page that was sent without a session: sign in, and it goes on with what was sent."""
    return _page(request, SignInForm(), status=401)


def _page(request: HttpRequest, form: SignInForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "sends_mail": config().mail_server is not None,
        "single_sign_on": config().oidc_name if config().oidc_issuer else "",
        "provider": OPENID_PROVIDER,
        **carried_context(request),
    }
    return render(request, "sign_in/page.html", context, status=status)


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"
