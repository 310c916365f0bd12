"""Who asks: tokens, the local key, sign-in links."""

from datetime import timedelta

import pytest

from capsulier.core.access import Action, Role
from capsulier.core.errors import NotSignedIn
from capsulier.services.drafts import utc_now
from capsulier.services.identity import (
    actor_of_key,
    administrator,
    create_sign_in_key,
    create_token,
    local_key,
    redeem_sign_in_key,
)
from capsulier.store.models import SignInLink, Token, User
from tests.builders import make_platform, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("own", "of_token", "granted"),
    [
        (Role.EDITOR, Role.VIEWER, Role.VIEWER),
        (Role.VIEWER, Role.EDITOR, Role.VIEWER),
        (Role.EDITOR, Role.EDITOR, Role.EDITOR),
    ],
)
def test_a_token_may_the_lesser_of_what_it_and_its_person_may(own: Role, of_token: Role, granted: Role) -> None:
    platform = make_platform()
    actor = actor_of_key(create_token(make_user("ana", own), "ci", of_token))
    assert actor.roles == {platform.id: granted}
    assert actor.via == "ci"


def test_a_token_of_one_platform_sees_no_other() -> None:
    main, other = make_platform(), make_platform("other")
    user = make_user("ana", Role.EDITOR, main)
    make_user("ana", Role.EDITOR, other)
    assert actor_of_key(create_token(user, "ci", Role.EDITOR, platform_id=main.id)).roles == {main.id: Role.EDITOR}


def test_an_administrators_viewer_token_may_only_look() -> None:
    platform = make_platform()
    actor = actor_of_key(create_token(administrator(), "screen", Role.VIEWER))
    assert not actor.is_superuser
    assert actor.may(Action.SEE, platform.id)
    assert not actor.may(Action.RUN, platform.id)


@pytest.mark.parametrize("key", ["", "cap_wrong", "ü", "\udc80"])
def test_a_key_that_nobody_has_lets_nobody_in(key: str) -> None:
    with pytest.raises(NotSignedIn):
        actor_of_key(key)


def test_an_expired_token_and_one_of_a_person_who_left_let_nobody_in() -> None:
    expired = create_token(make_user("ana"), "old", Role.VIEWER, expires_at=utc_now() - timedelta(seconds=1))
    left = create_token(make_user("bo"), "left", Role.VIEWER)
    User.objects.filter(username="bo").update(is_active=False)
    for key in (expired, left):
        with pytest.raises(NotSignedIn):
            actor_of_key(key)


def test_the_last_use_is_noted_now_and_then() -> None:
    key = create_token(make_user(), "ci", Role.VIEWER)
    actor_of_key(key)
    first = Token.objects.get().last_used_at
    actor_of_key(key)
    assert first is not None
    assert Token.objects.get().last_used_at == first


def test_the_key_in_the_data_directory_is_the_administrators() -> None:
    actor = actor_of_key(local_key())
    assert (actor.is_superuser, actor.user_id) == (True, administrator().pk)
    assert not administrator().has_usable_password()


def test_a_sign_in_link_works_once_and_for_an_hour() -> None:
    user = make_user()
    key = create_sign_in_key(user)
    assert redeem_sign_in_key(key) == user
    with pytest.raises(NotSignedIn):
        redeem_sign_in_key(key)
    late = create_sign_in_key(user)
    SignInLink.objects.update(expires_at=utc_now())
    with pytest.raises(NotSignedIn):
        redeem_sign_in_key(late)
