"""Tokens through the API: made, used as Bearer and Basic, listed, revoked, guessed."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from capsulier.core.access import Role
from capsulier.services.attempts import TESTS, TOKENS
from capsulier.services.drafts import utc_now
from capsulier.services.identity import create_token
from capsulier.store.models import Attempts
from tests.builders import make_platform, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

URL = "/api/v2/tokens"


def by(authorization: str) -> Client:
    return Client(headers={"Host": "localhost", "Authorization": authorization})


def ana(role: Role = Role.EDITOR) -> Client:
    make_platform()
    return by(f"Bearer {create_token(make_user('ana', role), 'tests', Role.ADMINISTRATOR)}")


def make(client: Client, **body: object) -> Any:
    return client.post(URL, body, content_type="application/json")


def test_a_token_is_made_shown_once_used_both_ways_listed_and_revoked() -> None:
    client, until = ana(), (utc_now() + timedelta(days=1)).isoformat()
    made = make(client, name="ci", role="viewer", platform="main", expires_at=until)
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    key = made.json()["token"]
    basic = base64.b64encode(f"whoever:{key}".encode()).decode()
    for authorization in (f"Bearer {key}", f"Basic {basic}"):
        assert by(authorization).get("/api/v2/jobs").status_code == 200
        assert by(authorization).post("/api/v2/jobs", {}, content_type="application/json").status_code in (403, 422)
    ci, tests = client.get(URL).json()["items"]
    assert (ci["name"], ci["role"], ci["platform"], ci["username"], "token" in ci) == (
        "ci",
        "viewer",
        "main",
        "ana",
        False,
    )
    assert (ci["last_used_at"] is None, tests["platform"]) == (False, None)
    assert by(f"Bearer {key}").delete(f"{URL}/{ci['id']}").status_code == 204
    assert by(f"Bearer {key}").get("/api/v2/jobs").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "ci", "role": "administrator"}, 422, "role"),
        ({"name": "ci", "role": "king"}, 422, "role"),
        ({"name": " ", "role": "viewer"}, 422, "name"),
        ({"name": "tests", "role": "viewer"}, 409, "name"),
        ({"name": "ci", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z"}, 422, "expires_at"),
    ],
)
def test_what_cannot_be_made_is_refused_at_its_field(body: dict[str, str], status: int, field: str) -> None:
    answer = make(ana(), **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


def test_administrators_list_what_opens_their_platform_and_others_do_not() -> None:
    assert ana().get(f"{URL}?platform=main").status_code == 403
    chief = by(f"Bearer {create_token(make_user('chief', Role.ADMINISTRATOR), 'chief', Role.ADMINISTRATOR)}")
    assert [each["name"] for each in chief.get(f"{URL}?platform=main").json()["items"]] == ["chief", "tests"]


def test_who_guesses_tokens_has_to_wait_and_who_has_one_does_not() -> None:
    good = ana()
    for _ in range(TOKENS.most):
        assert by("Bearer cap_guessed").get("/api/v2/me").status_code == 401
    answer = by("Bearer cap_guessed").get("/api/v2/me")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= TOKENS.within_s
    assert good.get("/api/v2/me").status_code == 200
    count = Attempts.objects.get().count
    by("Bearer cap_guessed").get("/api/v2/me")
    assert Attempts.objects.get().count == count  # who hammers writes nothing


def test_test_alerts_are_sent_so_often_and_no_more() -> None:
    client = ana()
    for _ in range(TESTS.most + 1):
        answer = client.post("/api/v2/alerts/test", {"channels": [404]}, content_type="application/json")
        assert answer.status_code == 404  # nothing was sent: it does not count
