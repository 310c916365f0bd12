"""Single sign-on, against a real OpenID Connect provider on this machine."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.test import Client

from capsulier.config import config, openid_apps
from capsulier.core.role_rules import parse_role_rules
from capsulier.services.identity import administrator
from capsulier.store.models import Change, Membership, User
from tests.builders import make_platform, make_user
from tests.web.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, identity_provider
from tests.web.people import anybody, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

RULES = "data-team=main:editor, ops=*:operator, chiefs=superuser"
ANA = {"sub": "1", "preferred_username": "ana", "given_name": "Ana", "family_name": "Bell", "email": "ana@example.org"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    make_platform()
    with identity_provider() as running:
        for name, value in {
            "oidc_issuer": running.url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "Example login",
            "oidc_roles": RULES,
        }.items():
            monkeypatch.setattr(config(), name, value)
        monkeypatch.setattr(settings, "SOCIALACCOUNT_PROVIDERS", {"openid_connect": {"APPS": openid_apps(config())}})
        # What its app does, which is installed where a provider is configured at the start.
        monkeypatch.setitem(registry.provider_map, OpenIDConnectProvider.id, OpenIDConnectProvider)
        yield running


def come(provider: IdentityProvider, client: Client | None = None, **claims: Any) -> tuple[Client, Any]:
    """Press the button on the sign-in page, and follow where it leads, as a browser does."""
    provider.claims = ANA | claims
    client = client or anybody()
    left = client.post("/account/single-sign-on/sso/login/", {"next": "/trash"})
    asked = httpx.get(left.context["target"])
    back = urlsplit(asked.headers["Location"])
    return client, client.get(f"{back.path}?{back.query}")


def roles(username: str = "ana") -> dict[str, str]:
    return dict(Membership.objects.filter(user__username=username).values_list("platform__name", "role"))


def test_the_sign_in_page_offers_it(provider: IdentityProvider) -> None:
    assert "Sign in with Example login" in text_of(anybody().get("/sign-in"))


def test_who_comes_for_the_first_time_gets_an_account_and_the_roles_of_the_claim(provider: IdentityProvider) -> None:
    client, answer = come(provider, groups=["data-team", "cooks"])
    assert answer.headers["Location"] == "/trash"
    user = User.objects.get(username="ana")
    assert (str(user), user.email, user.has_usable_password()) == ("Ana Bell", "ana@example.org", False)
    assert roles() == {"main": "editor"}
    assert client.get("/").status_code == 200
    assert Change.objects.filter(via="single sign-on").exists()
    assert Change.objects.get(verb="signed in").after == {"by": "single sign-on"}


def test_roles_follow_the_claim_at_every_sign_in(provider: IdentityProvider) -> None:
    make_platform("other")
    come(provider, groups=["data-team", "ops"])
    assert roles() == {"main": "editor", "other": "operator"}
    come(provider, groups="ops")
    assert roles() == {"main": "operator", "other": "operator"}
    come(provider, groups=[])
    assert roles() == {}


def test_an_administrator_of_the_installation_comes_and_goes_with_the_claim_but_never_the_last(
    provider: IdentityProvider,
) -> None:
    come(provider, groups=["chiefs"])
    assert User.objects.get(username="ana").is_superuser
    come(provider, groups=[])
    assert User.objects.get(username="ana").is_superuser  # there is no other
    administrator()
    User.objects.create(username="second", is_superuser=True)
    come(provider, groups=[])
    assert not User.objects.get(username="ana").is_superuser


@pytest.mark.parametrize("groups", [[], ["cooks"], "cooks", None, 7, {"data-team": True}])
def test_who_would_get_nothing_gets_no_account(provider: IdentityProvider, groups: object) -> None:
    client, answer = come(provider, groups=groups)
    assert answer.status_code < 500
    assert "You have no account here" in text_of(answer)
    assert not User.objects.filter(username="ana").exists()
    assert Change.objects.get(verb="failed to sign in").after == {"by": "single sign-on"}
    assert client.get("/").status_code == 302


def test_a_name_that_is_taken_is_not_taken_over(provider: IdentityProvider) -> None:
    taken = make_user("ana", None)
    User.objects.filter(pk=taken.pk).update(email="ana@example.org")
    client, _ = come(provider, groups=["data-team"])
    taken.refresh_from_db()
    assert roles() == {}
    newcomer = User.objects.exclude(pk=taken.pk).filter(memberships__role="editor").get()
    assert newcomer.username.startswith("ana")
    assert str(client.get("/account").context["form"].instance.pk) == str(newcomer.pk)


def test_who_is_deactivated_stays_out(provider: IdentityProvider) -> None:
    come(provider, groups=["data-team"])
    User.objects.filter(username="ana").update(is_active=False)
    client, _ = come(provider, groups=["data-team"])
    assert client.get("/").status_code == 302


def test_a_provider_that_says_no_or_is_away_is_told_of_in_our_look(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.refuses = True
    client, answer = come(provider)
    shown = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    assert shown.status_code < 503
    assert "topbar" in shown.content.decode()
    answer = client.get("/account/single-sign-on/sso/login/callback/?code=made-up&state=made-up")
    assert answer.status_code in (302, 502)
    assert client.get("/").status_code == 302


def test_without_a_provider_there_is_none() -> None:
    assert anybody().post("/account/single-sign-on/sso/login/").status_code == 404
    assert "Sign in with" not in text_of(anybody().get("/sign-in")).replace("Sign in with a passkey", "")


@pytest.mark.parametrize("text", ["editor", "team=", "team=main", "team=main:king", "=main:editor", "a=superuser,b"])
def test_a_rule_that_cannot_be_read_is_refused_when_the_settings_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="Write it as"):
        parse_role_rules(text)
