"""Single sign-on: whom the provider sends is let in, and gets the roles that its claim grants."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render

from capsulier.config import config
from capsulier.core.role_rules import parse_role_rules
from capsulier.services.follow_claim import roles_of_claim
from capsulier.services.note_sign_in import note_failed_sign_in
from capsulier.store.models import User
from capsulier.web.account.claims import claim_of


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Where rules say who gets what, those who would get nothing have no account made for them."""
        if not parse_role_rules(config().oidc_roles):
            return True
        granted = roles_of_claim(claim_of(sociallogin))
        is_open = bool(granted.roles) or granted.is_superuser
        if not is_open:
            note_failed_sign_in(sociallogin.user.username, request.META, how="single sign-on")
        return is_open

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """There is nothing to ask for; a name that is taken gets a number."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An address is no proof of who one is: two accounts may have the same, and neither is given to the other."""
        sociallogin.email_addresses = []

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        wishes = [data.get("username"), user.email, "person"]
        user.username = get_account_adapter().generate_unique_username([wish for wish in wishes if wish])
        return user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """The provider is away, or said no."""
        note_failed_sign_in("", request.META, how="single sign-on")
        raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=502))
