"""Requests that a page of another site could make: every form and every call that changes something refuses them."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.access.addresses import ANYBODY, CALLS, PAGES
from tests.access.scene import client_of, facts, make_scene
from tests.builders import make_user
from tests.web.people import anybody

pytestmark = [pytest.mark.database, pytest.mark.django_db]

_BY_MAIL_PROGRAM = "alerts/mute/<str:key>/now"
"""It comes from a mail program, without a cookie: RFC 8058."""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("django.request", "django.security.csrf"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


def strict_client() -> Client:
    client = client_of("superuser")
    client.handler.enforce_csrf_checks = True
    return client


def test_every_form_wants_the_token_of_its_page() -> None:
    scene, client = make_scene(), strict_client()
    before = facts(scene)
    for address in PAGES:
        if "POST" in address.needs and address.route != _BY_MAIL_PROGRAM:
            path = address.path or re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route)
            answer = client.post(f"/{path.format(**scene)}", address.data)
            assert answer.status_code == 403, f"{address.route} is done without a token"
    assert facts(scene) == before


def test_every_call_by_cookie_wants_the_token_in_its_header() -> None:
    scene, client = make_scene(), strict_client()
    before = facts(scene)
    for address in CALLS:
        for method in address.needs:
            if method == "GET" or address.needs[method] is ANYBODY:  # launchers come without a cookie
                continue
            url = f"/api/v2/{(address.path or address.route).format(**scene)}"
            answer = client.generic(method, url, json.dumps(address.data), "application/json")
            assert answer.status_code == 403, f"{method} {address.route} is done without a token"
            assert b"X-CSRFToken" in answer.content
    assert facts(scene) == before


def test_cookies_stay_on_this_site_and_scripts_do_not_read_the_session() -> None:
    user = make_user("ana")
    user.set_password("correct horse battery")
    user.save()
    answer = anybody().post("/sign-in", {"username": "ana", "password": "correct horse battery"})
    session = answer.cookies["sessionid"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert anybody().get("/sign-in").cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("url", "secure"), [("https://jobs.example.org", "True"), ("http://jobs.example.org", "False")]
)
def test_cookies_go_over_tls_only_where_the_public_address_is_https(url: str, secure: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from capsulier import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)",
        ],
        env={"CAPSULIER_DATA_DIR": str(tmp_path), "CAPSULIER_PUBLIC_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == [secure, secure]
