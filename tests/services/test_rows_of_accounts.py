"""The tables that allauth brings go into a backup and come out of it as they were, on either database."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from capsulier.store.models import User
from capsulier.store.rows import columns, digest_of, read_rows, write_rows
from tests.builders import make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def app(user: User) -> Any:
    return Authenticator.objects.create(user=user, type="totp", data={"secret": "sealed", "nested": {"ü": [1, None]}})


def session(user: User) -> Any:
    return UserSession.objects.create(user=user, ip="2001:db8::7", session_key="k", user_agent="X", data={"a": 1})


def joined(user: User) -> Any:
    return SocialAccount.objects.create(user=user, provider="sso", uid="7", extra_data={"groups": ["data-team"]})


@pytest.mark.parametrize("make", [app, session, joined])
def test_they_come_back_row_by_row(make: Any) -> None:
    model = type(make(make_user("ana")))
    names = columns(model)
    lines, before = list(read_rows("default", model, names)), digest_of("default", model, names)
    assert before[0] == 1
    model.objects.all().delete()
    write_rows("default", model, names, lines)
    assert digest_of("default", model, names) == before
