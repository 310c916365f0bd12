"""Administration → People and Everybody, and the page behind an invitation."""

import re

import pytest
from django.test import Client

from capsulier.core.access import Role
from capsulier.services.invitations import invite
from capsulier.store.models import Invitation, Membership, User
from tests.builders import make_actor, make_platform, make_user
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ME = {"username": "ana", "password": "correct horse battery", "first_name": "Ana", "last_name": "Bell", "email": ""}


def link_in(page: str) -> str:
    found = re.search(r'value="(http://[^"]+/invitation/[^"]+)"', page)
    assert found
    return found[1]


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_somebody_is_invited_and_comes_by_the_link() -> None:
    admin = client_of(Role.ADMINISTRATOR)
    page = admin.post("/administration/people/invite", {"role": "editor", "email": "", "days": "7"})
    link = link_in(page.content.decode())
    assert "By link" in text_of(admin.get("/administration/people"))
    assert link not in admin.get("/administration/people").content.decode()
    newcomer = anybody()
    assert "You are invited to “main”" in text_of(newcomer.get(path_of(link)))
    arrived = newcomer.post(path_of(link), ME, follow=True)
    assert arrived.redirect_chain == [("/?platform=main", 302)]
    assert "Ana Bell" in arrived.content.decode()
    used = anybody().get(path_of(link))
    assert used.status_code == 302 or "has been used" in text_of(used)
    assert not Invitation.objects.exists()


def test_who_has_an_account_joins_as_they_are() -> None:
    platform = make_platform("data")
    _, key = invite(make_actor(Role.ADMINISTRATOR, platform), "data", Role.OPERATOR)
    client = client_of()
    assert "Join as editor" in text_of(client.get(f"/invitation/{key}"))
    client.post(f"/invitation/{key}", {"join": "yes"})
    assert Membership.objects.get(user__username="editor", platform=platform).role == "operator"


def test_what_cannot_be_used_is_said_at_its_field() -> None:
    _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.OPERATOR)
    for wrong, words in (
        ({"username": "administrator"}, "already"),
        ({"password": "short"}, "too short"),
        ({"username": "a b"}, "valid username"),
        ({"email": "nowhere"}, "valid email"),
    ):
        answer = anybody().post(f"/invitation/{key}", ME | wrong)
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert Invitation.objects.exists()


def test_a_role_is_changed_and_a_member_removed() -> None:
    make_user("ana", Role.VIEWER)
    admin = client_of(Role.ADMINISTRATOR)
    admin.post("/administration/people/ana/role", {"role": "operator"})
    assert Membership.objects.get(user__username="ana").role == "operator"
    admin.post("/administration/people/ana/remove")
    assert not Membership.objects.filter(user__username="ana").exists()
    admin.post("/administration/people/add", {"username": "ana", "role": "viewer"})
    assert Membership.objects.get(user__username="ana").role == "viewer"
    refused = admin.post("/administration/people/add", {"username": "zoe", "role": "viewer"})
    assert (refused.status_code, "There is no person “zoe”" in text_of(refused)) == (422, True)


def test_the_last_administrator_is_told_why_they_stay() -> None:
    admin = client_of(Role.ADMINISTRATOR)
    answer = admin.post("/administration/people/administrator/remove", follow=True)
    assert "is the last administrator of “main”" in text_of(answer)


class TestEverybody:
    @pytest.fixture
    def chief(self) -> Client:
        client = client_of()
        client.force_login(User.objects.create(username="chief", is_superuser=True))
        return client

    def test_is_deactivated_and_back(self, chief: Client) -> None:
        ana = client_of(Role.VIEWER)
        chief.post("/administration/everybody/viewer", {"do": "deactivate"})
        assert ana.get("/").status_code == 302
        assert ana.get("/api/v2/me").status_code == 401
        chief.post("/administration/everybody/viewer", {"do": "reactivate"})
        assert ana.get("/").status_code == 200

    def test_is_appointed_and_dismissed(self, chief: Client) -> None:
        make_user("ana")
        chief.post("/administration/everybody/ana", {"do": "appoint"})
        assert User.objects.get(username="ana").is_superuser
        chief.post("/administration/everybody/ana", {"do": "dismiss"})
        answer = chief.post("/administration/everybody/chief", {"do": "dismiss"}, follow=True)
        assert "chief is the last administrator of the installation" in text_of(answer)

    def test_is_listed_with_their_roles(self, chief: Client) -> None:
        make_user("ana", Role.OPERATOR)
        page = text_of(chief.get("/administration/everybody"))
        assert "operator of main" in page
        assert "administrator of the installation" in page
