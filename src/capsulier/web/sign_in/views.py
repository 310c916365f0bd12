import time

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.core.errors import NotSignedIn
from capsulier.core.wording import duration_in_words
from capsulier.services.identity import redeem_sign_in_key
from capsulier.services.note_sign_in import note_failed_sign_in, note_sign_in
from capsulier.store.models import User
from capsulier.web.sign_in.attempts import Attempts
from capsulier.web.sign_in.carry import carried_context, send_carried
from capsulier.web.sign_in.forms import SignInForm, has_password

_attempts = Attempts()


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
        user = redeem_sign_in_key(key)
    except NotSignedIn as error:
        note_failed_sign_in("", request.META, how="link")
        if request.user.is_authenticated:  # the same link, opened again by the one whom it let in
            return HttpResponseRedirect("/")
        return _page(request, SignInForm(), refusal=error.sentence, status=error.status)
    is_first = user.last_login is None and not has_password(user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(user, request.META, how="link")
    return HttpResponseRedirect("/account?first=yes" if is_first else "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/sign-in")


def _check_password(request: HttpRequest) -> HttpResponse:
    if "signed_in" in request.POST and request.user.is_authenticated:
        return send_carried(request) or HttpResponseRedirect(_next_page(request))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    now = time.monotonic()
    who = (form.cleaned_data["username"].casefold(), request.META.get("REMOTE_ADDR", ""))
    if wait_s := _attempts.wait_s(who, now):
        words = f"Too many attempts. Try again in {duration_in_words(wait_s)}."
        return _page(request, form, refusal=words, status=429)
    user = authenticate(request, **form.cleaned_data)
    if not isinstance(user, User):
        _attempts.note_failure(who, now)
        note_failed_sign_in(form.cleaned_data["username"], request.META, how="password")
        return _page(request, form, refusal="User name and password do not match.", status=422)
    _attempts.forget(who)
    login(request, user)
    note_sign_in(user, request.META, how="password")
    return send_carried(request) or HttpResponseRedirect(_next_page(request))


def ask_first(request: HttpRequest) -> HttpResponse:
    """Instead of a page that was sent without a session: sign in, and it goes on with what was sent."""
    return _page(request, SignInForm(), status=401)


def _page(request: HttpRequest, form: SignInForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "next": request.POST.get("next", request.GET.get("next", "")),
        **carried_context(request),
    }
    return render(request, "sign_in/page.html", context, status=status)


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"
