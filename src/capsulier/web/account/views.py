from allauth.account import views as account
from allauth.account.stages import LoginStageController
from allauth.mfa.base import views as factors
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.views import login_webauthn
from allauth.socialaccount.providers.openid_connect.views import login as begin_openid
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from capsulier.config import config
from capsulier.core.errors import NotFound
from capsulier.services.attempts import CODES, LINKS, RESETS, RESETS_FROM, attempt, network_of, take_back
from capsulier.services.note_sign_in import note_failed_sign_in, note_sign_out
from capsulier.store.models import User
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.tags import device

_NO_MAIL = "No mail is set up here. Whoever runs Capsulier can set a new password: capsulier password USER."


def forgotten_password(request: HttpRequest) -> HttpResponse:
    """allauth's page, where there is a mail server to send the link by."""
    if config().mail_server is None:
        raise NotFound(_NO_MAIL)
    if request.method == "POST":
        attempt(RESETS_FROM, network_of(request.META))
        attempt(RESETS, request.POST.get("email", "").strip().casefold())
    return _answer(account.password_reset(request))


def new_password(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """Where the link of such a mail leads."""
    if request.method == "POST":
        attempt(RESETS_FROM, network_of(request.META))
    return _answer(account.password_reset_from_key(request, uidb36=uidb36, key=key))


def ask_second_factor(request: HttpRequest) -> HttpResponse:
    """Between the password and being signed in."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if request.method != "POST" or stage is None or request.user.is_authenticated:
        return _answer(factors.authenticate(request))
    user: User = stage.login.user
    attempt(CODES, str(user.pk))
    answer = _answer(factors.authenticate(request))
    if request.user.is_authenticated:
        take_back(CODES, str(user.pk))
    else:
        note_failed_sign_in(user.username, request.META, how="second factor")
    return answer


def ask_code_again(request: HttpRequest) -> HttpResponse:
    """Before something is changed about the second factor itself."""
    who = str(actor_of_request(request).user_id)
    if request.method == "POST":
        attempt(CODES, who)
    answer = _answer(factors.reauthenticate(request))
    if request.method == "POST" and answer.status_code == 302:
        take_back(CODES, who)
    return answer


def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        attempt(LINKS, network_of(request.META))
    answer = _answer(login_webauthn(request))
    if request.method == "POST":
        if request.user.is_authenticated:
            take_back(LINKS, network_of(request.META))
        else:
            note_failed_sign_in("", request.META, how="passkey")
    return answer


@require_safe
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Where allauth would let anybody in."""
    raise NotFound("One comes here by an invitation. Ask an administrator for one.")


@require_POST
def begin_single_sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for the provider by a page that leads there: a redirect would be part of the form, which our policy lets go
    nowhere else."""
    try:
        answer = _answer(begin_openid(request, provider_id))
    except Http404 as error:
        raise NotFound("No single sign-on is set up here.") from error
    if answer.status_code != 302:
        return answer
    return render(request, "account/leave.html", {"target": answer.headers["Location"]})


def list_sessions(request: HttpRequest) -> HttpResponse:
    """A form sent to it ends all others."""
    user_id = actor_of_request(request).user_id
    if request.method == "POST":
        note_sign_out(User.objects.get(id=str(user_id)), request.META, where="all others")
    return _answer(ListUserSessionsView.as_view()(request))


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out there. What is not one's own is not there."""
    user_id = actor_of_request(request).user_id
    session = UserSession.objects.filter(user_id=user_id, pk=session_id).select_related("user").first()
    if session is None:
        raise NotFound("There is no such session of yours.")
    session.end()
    note_sign_out(session.user, request.META, where=f"{device(session.user_agent)}, {session.ip}")
    return HttpResponseRedirect("/account/sessions/")


def _answer(answer: HttpResponse) -> HttpResponse:
    """allauth's own, which has no types."""
    return answer
