"""Who asks: a token, or a session with its CSRF token; and what they may do."""

from collections.abc import Iterator

import httpx
import pytest
from django.test import Client as Browser

from capsulier.core.access import Role
from capsulier.services.identity import create_token, local_key
from capsulier.store.models import Membership, Token
from tests.api.conftest import Clients, new_client
from tests.builders import make_job, make_platform, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(address: str, transactional_db: None) -> Iterator[httpx.Client]:
    """A signed-in person's browser, which has seen a page of ours: cookies, no token."""
    user = make_user("ana", Role.EDITOR)
    browser = Browser()
    browser.force_login(user)
    with new_client(address) as client:
        client.cookies.set("sessionid", browser.cookies["sessionid"].value)
        client.cookies.set("csrftoken", "a" * 32)
        yield client


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer cap_wrong", "Basic !", "Basic eHg=", "Digest x", "Bearer \xfc"]
)
def test_who_does_not_say_who_they_are_is_asked(nobody: httpx.Client, authorization: str) -> None:
    headers = {"Authorization": authorization.encode("latin1")} if authorization else {}
    for path in ("/jobs", "/events", "/executions/1/logs/stdout"):
        answer = nobody.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_also_goes_as_the_password_of_basic(nobody: httpx.Client) -> None:
    key = create_token(make_user("ana"), "ci", Role.VIEWER)
    assert nobody.get("/me", auth=("whoever", key)).json()["via"] == "ci"


def test_the_key_of_the_data_directory_is_the_administrators(nobody: httpx.Client) -> None:
    me = nobody.get("/me", headers={"Authorization": f"Bearer {local_key()}"}).json()
    assert me["is_administrator"] is True
    assert [each["role"] for each in me["platforms"]] == ["administrator"]


def test_a_token_that_was_taken_away_is_one_no_more(api: httpx.Client) -> None:
    assert api.get("/me").status_code == 200
    Token.objects.all().delete()
    assert api.get("/me").status_code == 401


def test_a_session_may_read_and_with_its_csrf_token_write(page: httpx.Client) -> None:
    assert page.get("/me").json()["via"] == "page"
    body = {"name": "nightly", "capsule": "bash"}
    refused = page.post("/jobs", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert page.post("/jobs", json=body, headers={"X-CSRFToken": "b" * 32}).status_code == 403
    assert page.post("/jobs", json=body, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_a_page_of_another_site_may_not_write(page: httpx.Client) -> None:
    headers = {"X-CSRFToken": "a" * 32, "Origin": "https://elsewhere.example"}
    assert page.post("/jobs", json={"name": "x", "capsule": "bash"}, headers=headers).status_code == 403


def test_an_upload_by_a_session_needs_the_header_and_no_field(page: httpx.Client) -> None:
    form = {"files": {"file": ("a.txt", b"1")}, "data": {"csrfmiddlewaretoken": "a" * 32}}
    assert page.post("/packages", **form).status_code == 403
    assert page.post("/packages", **form, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_a_session_that_is_over_is_none(page: httpx.Client) -> None:
    page.cookies.set("sessionid", "x" * 32)
    assert page.get("/me").status_code == 401


def test_a_name_that_is_not_ours_is_refused(api: httpx.Client) -> None:
    assert api.get("/me", headers={"Host": "elsewhere.example"}).status_code == 400


WRITES = [
    ("POST", "/jobs/{job}/run", Role.OPERATOR),
    ("POST", "/executions/{execution}/stop", Role.OPERATOR),
    ("POST", "/jobs/{job}/stop", Role.OPERATOR),
    ("PATCH", "/jobs/{job}", Role.EDITOR),
    ("POST", "/jobs/{job}/versions", Role.EDITOR),
    ("POST", "/jobs/{job}/versions/1/rollback", Role.EDITOR),
    ("PUT", "/jobs/{job}/versions/1/major", Role.EDITOR),
    ("DELETE", "/jobs/{job}/versions/1/major", Role.EDITOR),
    ("PUT", "/jobs/{job}/schedule", Role.EDITOR),
    ("DELETE", "/jobs/{job}/schedule", Role.EDITOR),
    ("POST", "/jobs/{job}/schedule/pause", Role.EDITOR),
    ("POST", "/jobs/{job}/schedule/resume", Role.EDITOR),
    ("POST", "/jobs/{job}/copy", Role.EDITOR),
    ("DELETE", "/jobs/{job}", Role.EDITOR),
    ("POST", "/jobs/{job}/restore", Role.EDITOR),
]
READS = [
    "/jobs/{job}",
    "/jobs/{job}/changes",
    "/jobs/{job}/versions",
    "/jobs/{job}/versions/1",
    "/jobs/{job}/executions",
    "/jobs/{job}/fires",
    "/executions/{execution}",
    "/executions/{execution}/logs/stdout",
    "/executions/{execution}/logs/stderr/search?q=x",
]
BODIES = {
    "/jobs/{job}": {"description": "x"},
    "/jobs/{job}/versions": {"command": "true"},
    "/jobs/{job}/schedule": {"cron": "0 8 * * *"},
}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_each_role_may_what_it_may_and_no_more(signed_in: Clients, role: Role) -> None:
    job = make_job()
    ids = {"job": job.id, "execution": signed_in().post(f"/jobs/{job.id}/run").json()["id"]}
    client = signed_in(role)
    for path in READS:
        assert client.get(path.format(**ids)).status_code == 200, path
    for method, path, needed in WRITES:
        answer = client.request(method, path.format(**ids), json=BODIES.get(path))
        if role.rank < needed.rank:
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
        else:
            assert answer.status_code != 403, path
    assert client.post("/jobs", json={"name": "x", "capsule": "bash"}).status_code == 403
    assert client.post("/packages", files={"file": ("a.txt", b"1")}).status_code == 403


def test_to_a_stranger_nothing_is_there(signed_in: Clients) -> None:
    job = make_job()
    ids = {"job": job.id, "execution": signed_in().post(f"/jobs/{job.id}/run").json()["id"]}
    stranger = signed_in(None)
    for method, path in [("GET", path) for path in READS] + [(method, path) for method, path, _ in WRITES]:
        answer = stranger.request(method, path.format(**ids), json=BODIES.get(path))
        assert answer.status_code == 404, (method, path)
        assert job.name not in answer.text
    assert stranger.get("/jobs").json() == {"items": [], "next": None, "total": 0}
    assert stranger.get("/executions").json()["items"] == []
    assert stranger.get("/platforms").json()["items"] == []
    assert stranger.get("/jobs", params={"platform": "main"}).status_code == 404
    assert stranger.post("/jobs", json={"name": "x", "capsule": "bash"}).status_code == 404
    assert stranger.post("/packages", files={"file": ("a.txt", b"1")}).status_code == 404


def test_one_platforms_members_do_not_see_anothers(signed_in: Clients) -> None:
    other = make_platform("other")
    job = make_job("secret", platform=other)
    client = signed_in()
    Membership.objects.filter(user__username=Role.EDITOR.value, platform=other).delete()
    assert client.get("/jobs").json()["items"] == []
    assert client.get(f"/jobs/{job.id}").status_code == 404
    assert client.post("/jobs", json={"name": "x", "capsule": "bash", "platform": "other"}).status_code == 404
