"""Where allauth asks us: how attempts are counted, what the trail is told, how mails go out, how keys are stored."""

import logging
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from capsulier.config import config
from capsulier.services.attempts import PASSWORDS, PASSWORDS_FROM, attempt, network_of, take_back
from capsulier.services.follow_claim import follow_claim
from capsulier.services.note_sign_in import note_failed_sign_in, note_own_account, note_sign_in
from capsulier.services.sealing import Opener, Sealer
from capsulier.services.send_mails import smtp_connection
from capsulier.store.models import User
from capsulier.web.account.claims import claim_of

_log = logging.getLogger(__name__)
_WAYS = {"password": "password", "socialaccount": "single sign-on"}
"""allauth's names of the ways to come in → ours."""
_FACTORS = {"totp": "app", "recovery_codes": "recovery code", "webauthn": "passkey"}
_DEEDS = {
    "account/email/password_reset": "set password",
    "mfa/email/totp_activated": "added app",
    "mfa/email/totp_deactivated": "removed app",
    "mfa/email/recovery_codes_generated": "made recovery codes",
    "mfa/email/webauthn_added": "added passkey",
    "mfa/email/webauthn_removed": "removed passkey",
    "socialaccount/email/account_connected": "joined single sign-on",
    "socialaccount/email/account_disconnected": "left single sign-on",
}
"""What allauth would write mails about → how the trail calls it."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": "This is not your password.",
        "invalid_password_reset": "This link has been used or has expired.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """One comes by an invitation, or by the single sign-on."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The server has set it already from what a proxy on this machine says."""
        return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Every password counts as wrong until it was right. Raises TooManyAttempts."""
        attempt(PASSWORDS_FROM, network_of(request.META))
        attempt(PASSWORDS, _name_and_network(request, credentials))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            take_back(PASSWORDS_FROM, network_of(request.META))
            take_back(PASSWORDS, _name_and_network(request, credentials))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failed_sign_in(str(credentials.get("username", "")), request.META, how="password")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Who comes by the single sign-on gets the roles that its claim grants now."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        sociallogin = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if response is None and sociallogin is not None:
            follow_claim(user, claim_of(sociallogin))
        return response

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        note_sign_in(user, request.META, how=_ways(request))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def get_reset_password_from_key_url(self, key: str) -> str:
        url = str(super().get_reset_password_from_key_url(key))
        return config().public_url.rstrip("/") + urlsplit(url).path if config().public_url else url

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nobody waits for it: how long the page takes does not tell whether there is an account of this address."""
        message = self.render_mail(template_prefix, email, context)
        Thread(target=_send, args=(message,), name="mail", daemon=True).start()

    def send_notification_mail(self, template_prefix: str, user: User, *args: object, **kwargs: object) -> None:
        """In place of a mail: what was changed about somebody's ways in stands on the trail."""
        if deed := _DEEDS.get(template_prefix):
            note_own_account(user, self.request.META, deed)

    def add_message(self, *args: object, **kwargs: object) -> None:
        """“Successfully signed in as…” is no news; what is, our pages say themselves."""


def _name_and_network(request: HttpRequest, credentials: dict[str, Any]) -> str:
    return f"{str(credentials.get('username', '')).casefold()}@{network_of(request.META)}"


def _ways(request: HttpRequest) -> str:
    """ "password", "password and app", "passkey"."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    ways = [_WAYS.get(each["method"]) or _FACTORS.get(each.get("type"), each["method"]) for each in records]
    return " and ".join(dict.fromkeys(ways))


def _send(message: EmailMessage) -> None:
    server = config().mail_server
    if server is None:
        return
    message.from_email, message.connection = config().mail_from, smtp_connection(server)
    try:
        message.send()
    except OSError as error:
        _log.warning("A mail about an account was not sent: %s did not take it (%s).", server, type(error).__name__)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of authenticator apps are sealed as those of jobs are."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": "This code is not right."}

    def encrypt(self, text: str) -> str:
        with transaction.atomic():
            return Sealer().seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return Opener().open("a second factor", encrypted_text)
