"""The pages of API tokens."""

import pytest

from capsulier.core.access import Role
from capsulier.services.identity import actor_of_key, create_token
from capsulier.store.models import Token
from tests.builders import make_user
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_token_is_made_shown_once_and_revoked_in_the_account() -> None:
    client = client_of(Role.EDITOR)
    page = client.get("/account/tokens")
    assert "None yet." in text_of(page)
    assert "Administrator" not in text_of(page)
    page = client.post("/account/tokens", {"name": "ci", "role": "operator", "platform": "main", "days": "7"})
    assert (page.status_code, "no-store" in page.headers["Cache-Control"]) == (200, True)
    key = page.context["key"]
    assert f'value="{key}"' in page.content.decode()
    assert actor_of_key(key).roles == {Token.objects.get().platform_id: Role.OPERATOR}
    again = client.get("/account/tokens")
    assert key not in again.content.decode()
    assert "operator of main" in text_of(again)
    client.post(f"/account/tokens/{Token.objects.get().pk}/revoke")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"role": "administrator"}, {"platform": "other"}, {"days": "0"}, {"name": "taken"}]
)
def test_what_cannot_be_made_is_said_at_its_field_and_nothing_is(wrong: dict[str, str]) -> None:
    client = client_of(Role.EDITOR)
    create_token(make_user("editor"), "taken", Role.VIEWER)
    typed = {"name": "ci", "role": "viewer", "platform": "", "days": ""}
    answer = client.post("/account/tokens", typed | wrong)
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, [*wrong])
    assert Token.objects.count() == 1


def test_administrators_see_the_tokens_of_their_platform_and_revoke_those_for_it_alone() -> None:
    client = client_of(Role.ADMINISTRATOR)
    member = make_user("member", Role.VIEWER)
    platform_id = member.memberships.get().platform_id
    create_token(member, "narrow", Role.VIEWER, platform_id=platform_id)
    create_token(member, "wide", Role.VIEWER)
    page = client.get("/administration/tokens")
    assert "narrow of member, viewer of main, never used, without an end" in text_of(page)
    assert 'aria-label="Revoke narrow of member"' in page.content.decode()
    assert 'aria-label="Revoke wide of member"' not in page.content.decode()
    wide = Token.objects.get(name="wide").pk
    assert client.post(f"/administration/tokens/{wide}/revoke").status_code == 404
    client.post(f"/administration/tokens/{Token.objects.get(name='narrow').pk}/revoke")
    assert [*Token.objects.values_list("name", flat=True)] == ["wide"]
