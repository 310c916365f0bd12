"""API tokens: made, never more than whoever makes them, and revoked."""

from datetime import timedelta

import pytest

from capsulier.core.access import Actor, Role
from capsulier.core.errors import CapsulierError, Invalid, NameTaken, NotAllowed, NotFound, NotSignedIn
from capsulier.services.drafts import utc_now
from capsulier.services.identity import actor_of_key, actor_of_user, administrator, hash_of
from capsulier.services.issue_token import TokenDraft, issue_token
from capsulier.services.revoke_token import revoke_token
from capsulier.store.models import Change, Token, User
from capsulier.store.reads.tokens import read_tokens_into, read_tokens_of
from tests.builders import make_platform, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def person(name: str = "ana", role: Role | None = Role.EDITOR) -> Actor:
    return actor_of_user(make_user(name, role, make_platform()))


def test_a_token_comes_as_its_person_and_is_stored_as_a_hash() -> None:
    ana = person()
    token, key = issue_token(ana, TokenDraft(" ci ", Role.OPERATOR, "main"))
    assert (token.name, key in str(list(Token.objects.values()))) == ("ci", False)
    assert Token.objects.get().key_hash == hash_of(key)
    found = actor_of_key(key)
    assert (found.user_id, found.roles, found.via) == (ana.user_id, {token.platform_id: Role.OPERATOR}, "ci")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (TokenDraft("ci", Role.ADMINISTRATOR, "main"), "role"),
        (TokenDraft("ci", Role.ADMINISTRATOR), "role"),
        (TokenDraft("", Role.VIEWER), "name"),
        (TokenDraft("two\nlines", Role.VIEWER), "name"),
        (TokenDraft("x" * 101, Role.VIEWER), "name"),
        (TokenDraft("ci", Role.VIEWER, expires_at=utc_now() - timedelta(seconds=1)), "expires_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(draft: TokenDraft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        issue_token(person(), draft)
    assert refused.value.field == field
    assert not Token.objects.exists()


def test_a_name_is_given_once_to_each_person() -> None:
    issue_token(person(), TokenDraft("ci", Role.VIEWER))
    with pytest.raises(NameTaken):
        issue_token(person(), TokenDraft("ci", Role.VIEWER))
    issue_token(person("bo"), TokenDraft("ci", Role.VIEWER))


def test_who_belongs_nowhere_makes_none_and_a_strangers_platform_is_not_there() -> None:
    make_platform("other")
    with pytest.raises(NotAllowed):
        issue_token(person("zoe", None), TokenDraft("ci", Role.VIEWER))
    with pytest.raises(NotFound):
        issue_token(person(), TokenDraft("ci", Role.VIEWER, "other"))


@pytest.mark.parametrize(
    "draft",
    [
        TokenDraft("more", Role.EDITOR, "main", utc_now() + timedelta(hours=1)),
        TokenDraft("wider", Role.VIEWER, "", utc_now() + timedelta(hours=1)),
        TokenDraft("elsewhere", Role.VIEWER, "other", utc_now() + timedelta(hours=1)),
        TokenDraft("longer", Role.VIEWER, "main", utc_now() + timedelta(days=365)),
        TokenDraft("for ever", Role.VIEWER, "main"),
    ],
)
def test_a_token_makes_none_that_is_more_wider_or_longer_than_itself(draft: TokenDraft) -> None:
    make_user("ana", Role.ADMINISTRATOR, make_platform("other"))
    chief = person(role=Role.ADMINISTRATOR)
    _, key = issue_token(chief, TokenDraft("ci", Role.OPERATOR, "main", utc_now() + timedelta(days=1)))
    with pytest.raises(CapsulierError) as refused:
        issue_token(actor_of_key(key), draft)
    assert refused.value.status in (403, 404)
    less, _ = issue_token(actor_of_key(key), TokenDraft("less", Role.VIEWER, "main", utc_now() + timedelta(hours=1)))
    assert less.user_id == chief.user_id


def test_a_token_is_revoked_by_its_person_by_the_platforms_administrator_and_by_nobody_else() -> None:
    ana, bo, chief = person(), person("bo"), person("chief", Role.ADMINISTRATOR)
    token, key = issue_token(ana, TokenDraft("ci", Role.VIEWER, "main"))
    wide, _ = issue_token(ana, TokenDraft("wide", Role.VIEWER))
    for actor, token_id in ((bo, token.pk), (chief, wide.pk), (ana, 2**40)):
        with pytest.raises(NotFound):
            revoke_token(actor, token_id)
    revoke_token(chief, token.pk)
    with pytest.raises(NotSignedIn):
        actor_of_key(key)
    revoke_token(ana, wide.pk)
    assert not Token.objects.exists()


def test_a_token_may_give_itself_up_and_no_other() -> None:
    ana = person()
    mine, key = issue_token(ana, TokenDraft("mine", Role.VIEWER))
    other, _ = issue_token(ana, TokenDraft("other", Role.VIEWER))
    with pytest.raises(NotFound):
        revoke_token(actor_of_key(key), other.pk)
    revoke_token(actor_of_key(key), mine.pk)
    assert list(Token.objects.values_list("name", flat=True)) == ["other"]


def test_administrators_see_all_that_open_their_platform_and_a_person_their_own() -> None:
    other = make_platform("other")
    ana, bo = person(), person("bo")
    issue_token(ana, TokenDraft("a narrow", Role.VIEWER, "main"))
    issue_token(bo, TokenDraft("b wide", Role.VIEWER))
    issue_token(actor_of_user(administrator()), TokenDraft("c chief's", Role.VIEWER))
    issue_token(actor_of_user(make_user("zoe", Role.VIEWER, other)), TokenDraft("d elsewhere", Role.VIEWER))
    names = [token.name for token in read_tokens_into(make_platform().pk)]
    assert names == ["a narrow", "b wide", "c chief's"]
    assert [token.name for token in read_tokens_of(User.objects.get(username="bo").pk)] == ["b wide"]


def test_what_is_made_and_revoked_is_on_the_trail_without_the_token() -> None:
    ana = person()
    token, key = issue_token(ana, TokenDraft("ci", Role.VIEWER, "main"))
    revoke_token(ana, token.pk)
    told = Change.objects.filter(subject="token").order_by("id").values_list("verb", "name", "before", "after")
    facts = {"of": "ana", "role": "viewer", "platform": "main"}
    assert list(told) == [("created", "ci", {}, facts), ("revoked", "ci", facts, {})]
    assert key not in str(list(Change.objects.values()))
