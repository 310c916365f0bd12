"""Signing in and out, one's own account, and what happens to a form whose session has ended."""

import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models import F

from capsulier.core.access import Role
from capsulier.services.identity import administrator, create_sign_in_key
from capsulier.store.models import Attempts, Change, Job, User
from tests.builders import make_job, make_platform, make_user
from tests.web.people import anybody, client_of, text_of

AT_MOST = 10
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def with_password(name: str = "ana", password: str = "correct horse") -> User:
    user = make_user(name)
    user.set_password(password)
    user.save()
    return user


def test_a_password_signs_in_and_leads_to_where_one_wanted_to_go() -> None:
    with_password()
    answer = anybody().post("/sign-in", {"username": "ana", "password": "correct horse", "next": "/trash"})
    assert answer.headers["Location"] == "/trash"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_it_never_leads_elsewhere(elsewhere: str) -> None:
    with_password()
    answer = anybody().post("/sign-in", {"username": "ana", "password": "correct horse", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_says_no_more_than_that() -> None:
    with_password()
    wrong = anybody().post("/sign-in", {"username": "ana", "password": "wrong"})
    unknown = anybody().post("/sign-in", {"username": "zoe", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    assert "User name and password do not match." in text_of(wrong)
    assert "User name and password do not match." in text_of(unknown)


def test_guessing_has_to_wait() -> None:
    with_password("guessed")
    for _ in range(AT_MOST):
        anybody().post("/sign-in", {"username": "guessed", "password": "wrong"})
    answer = anybody().post("/sign-in", {"username": "Guessed", "password": "correct horse"})
    assert answer.status_code == 429
    assert "Too many attempts. Try again in" in text_of(answer)
    assert 0 < int(answer.headers["Retry-After"]) <= 300


def test_who_guesses_locks_out_themself_and_nobody_elsewhere() -> None:
    with_password("guessed")
    for _ in range(AT_MOST):
        anybody().post("/sign-in", {"username": "guessed", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")
    answer = anybody().post("/sign-in", {"username": "guessed", "password": "correct horse"}, REMOTE_ADDR="192.0.2.8")
    assert answer.status_code == 302


def test_what_was_tried_is_counted_where_every_web_process_looks() -> None:
    anybody().post("/sign-in", {"username": "guessed", "password": "wrong"})
    assert Attempts.objects.exists()


def test_attempts_are_forgotten_with_time() -> None:
    with_password("guessed")
    for _ in range(AT_MOST):
        anybody().post("/sign-in", {"username": "guessed", "password": "wrong"})
    Attempts.objects.update(began_us=F("began_us") - 301_000_000)
    assert anybody().post("/sign-in", {"username": "guessed", "password": "correct horse"}).status_code == 302


def test_passwords_are_kept_by_argon2_and_older_ones_anew_at_the_next_sign_in() -> None:
    user = with_password()
    assert user.password.startswith("argon2$argon2id$")
    user.password = make_password("correct horse", hasher="pbkdf2_sha256")
    user.save()
    anybody().post("/sign-in", {"username": "ana", "password": "correct horse"})
    user.refresh_from_db()
    assert user.password.startswith("argon2$")


def test_a_link_signs_in_once() -> None:
    make_platform()
    key = create_sign_in_key(administrator())
    assert anybody().get(f"/sign-in/{key}").headers["Location"] == "/account?first=yes"
    again = anybody().get(f"/sign-in/{key}")
    assert again.status_code == 401
    assert "has been used or has expired" in text_of(again)


def test_looking_at_a_link_does_not_use_it_up() -> None:
    key = create_sign_in_key(administrator())
    anybody().head(f"/sign-in/{key}")
    anybody().get(f"/sign-in/{key}", headers={"Sec-Purpose": "prefetch;prerender"})
    assert anybody().get(f"/sign-in/{key}").status_code == 302


def test_the_first_administrator_is_offered_a_password_and_may_skip_it() -> None:
    make_platform()
    client = anybody()
    page = client.get(f"/sign-in/{create_sign_in_key(administrator())}", follow=True)
    assert "Welcome" in text_of(page)
    assert "Skip this" in text_of(page)
    client.post("/account?first=yes", {"username": "root", "first_name": "Ana", "password": "long enough"})
    assert client.get("/account").status_code == 200  # a new password does not sign one out
    assert anybody().post("/sign-in", {"username": "root", "password": "long enough"}).status_code == 302
    assert anybody().get(f"/sign-in/{create_sign_in_key(administrator())}").headers["Location"] == "/"


def test_a_new_password_needs_the_old_one() -> None:
    client = client_of()
    user = User.objects.get(username="editor")
    user.set_password("correct horse")
    user.save()
    client.force_login(user)
    refused = client.post("/account", {"username": "editor", "password": "new password", "current_password": "wrong"})
    assert "This is not your current password." in text_of(refused)
    short = client.post("/account", {"username": "editor", "password": "short", "current_password": "correct horse"})
    assert "at least 8 characters" in text_of(short)
    client.post("/account", {"username": "editor", "password": "new password", "current_password": "correct horse"})
    assert User.objects.get(username="editor").check_password("new password")
    assert Change.objects.get(subject="person").verb == "set password"


def test_another_email_address_needs_the_password_where_there_is_one() -> None:
    client = client_of()
    user = User.objects.get(username="editor")
    user.set_password("correct horse")
    user.save()
    client.force_login(user)
    refused = client.post("/account", {"username": "editor", "email": "mallory@example.org"})
    assert "type your current password" in text_of(refused)
    assert User.objects.get(username="editor").email == ""
    client.post("/account", {"username": "editor", "email": "a@example.org", "current_password": "correct horse"})
    assert User.objects.get(username="editor").email == "a@example.org"
    assert Change.objects.get(subject="person").verb == "changed email"


def test_a_password_costs_what_owasp_asks_for_and_not_a_hundred_megabytes() -> None:
    """Of the settings as they are outside of tests."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from capsulier.services.password_hasher import Argon2 as a; print(a.memory_cost, a.time_cost)",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["19456", "2"]


class TestTimeZone:
    def chosen(self, zone: str) -> Any:
        client = client_of()
        client.cookies["timezone"] = "Europe/Paris"
        client.post("/account", {"username": "editor", "timezone": zone})
        return client

    def test_times_are_shown_in_the_one_that_a_person_chose(self) -> None:
        client = self.chosen("Asia/Tokyo")
        assert '<html lang="en" data-timezone="Asia/Tokyo">' in client.get("/").content.decode()
        assert client.get("/jobs/new?capsule=bash").context["form"]["timezone"].value() == "Asia/Tokyo"

    def test_without_a_choice_it_is_the_browser_s(self) -> None:
        client = self.chosen("")
        assert '<html lang="en">' in client.get("/").content.decode()
        assert client.get("/jobs/new?capsule=bash").context["form"]["timezone"].value() == "Europe/Paris"

    def test_one_that_there_is_not_is_refused_at_the_field(self) -> None:
        refused = client_of().post("/account", {"username": "editor", "timezone": "Europe/Pariss"})
        assert refused.status_code == 422
        assert refused.context["form"].errors["timezone"] == [
            "“Europe/Pariss” is not a time zone. Did you mean Europe/Paris?"
        ]
        assert User.objects.get(username="editor").timezone == ""


def test_signing_out_ends_the_session() -> None:
    client = client_of()
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/").status_code == 302


class TestASessionThatEndsWhileAFormIsFilledIn:
    TYPED = {"capsule": "bash", "name": "typed for an hour", "command": "echo 'a'\necho \"b\"", "run": "manual"}

    def test_signing_in_sends_what_was_typed(self) -> None:
        with_password()
        client = anybody()
        page = client.post("/jobs/new", self.TYPED)
        assert page.status_code == 401
        assert "What you typed is kept" in text_of(page)
        carried = dict(page.context["carried"])
        sent = {"username": "ana", "password": "correct horse", "carried_to": page.context["carried_to"], **carried}
        wrong = client.post("/sign-in", {**sent, "password": "wrong"})
        assert dict(wrong.context["carried"]) == carried
        answer = client.post("/sign-in", sent)
        job = Job.objects.get()
        assert answer.headers["Location"] == f"/jobs/{job.pk}"
        assert job.current_version is not None
        assert (job.name, job.current_version.command) == ("typed for an hour", "echo 'a'\necho \"b\"")

    def test_errors_in_what_was_typed_are_shown_in_its_form(self) -> None:
        with_password()
        sent = {"username": "ana", "password": "correct horse", "carried_to": "/jobs/new"}
        answer = anybody().post("/sign-in", {**sent, "carried.capsule": "bash", "carried.command": "echo"})
        assert answer.status_code == 422
        assert "Give the job a name." in text_of(answer)

    def test_who_signs_in_by_link_in_another_tab_sends_it_from_here(self) -> None:
        client = anybody()
        page = client.post("/jobs/new", self.TYPED)
        client.force_login(make_user("ana"))
        client.post("/sign-in", {**dict(page.context["carried"]), "carried_to": "/jobs/new", "signed_in": "yes"})
        assert Job.objects.get().name == "typed for an hour"

    def test_a_page_from_before_signing_in_may_be_sent_again(self) -> None:
        client = anybody(enforce_csrf_checks=True)
        client.force_login(make_user("ana"))
        answer = client.post("/jobs/new", self.TYPED, headers={"Origin": "http://localhost"})
        assert answer.status_code == 403
        assert "What you typed is still here." in text_of(answer)
        assert "typed for an hour" in answer.content.decode()

    def test_a_part_of_a_page_says_so_and_leaves_the_page(self) -> None:
        job = make_job()
        answer = anybody().post(f"/jobs/{job.pk}/run", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Reswap"]) == (401, "none")

    def test_it_is_sent_to_no_other_host(self) -> None:
        with_password()
        sent = {"username": "ana", "password": "correct horse", "carried_to": "//elsewhere.example/jobs/new"}
        assert anybody().post("/sign-in", sent).headers["Location"] == "/"

    def test_a_viewer_who_signs_in_creates_nothing(self) -> None:
        user = with_password("vera")
        user.memberships.update(role=Role.VIEWER.value)
        sent = {"username": "vera", "password": "correct horse", "carried_to": "/jobs/new", "carried.capsule": "bash"}
        assert anybody().post("/sign-in", sent).status_code == 403


def test_who_came_in_and_who_did_not_is_on_the_audit_trail() -> None:
    user = make_user("ana")
    user.set_password("right and long")
    user.save()
    client = anybody()
    client.post("/sign-in", {"username": "ana\x07", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")
    client.post("/sign-in", {"username": "ana", "password": "right and long"}, REMOTE_ADDR="192.0.2.8")
    anybody().get("/sign-in/no-such-key")
    told = Change.objects.filter(subject="sign-in").order_by("id").values_list("verb", "address", "after")
    assert list(told) == [
        ("failed to sign in", "192.0.2.7", {"by": "password"}),
        ("signed in", "192.0.2.8", {"by": "password"}),
        ("failed to sign in", "127.0.0.1", {"by": "link"}),
    ]
    assert "right and long" not in str(Change.objects.values())


def test_who_tries_links_has_to_wait_and_a_good_one_costs_nothing() -> None:
    user = make_user("ana")
    for _ in range(30):
        anybody().get(f"/sign-in/{create_sign_in_key(user)}")
    for _ in range(20):
        assert anybody().get("/sign-in/no-such-key").status_code == 401
    for url in ("/sign-in/no-such-key", "/invitation/no-such-key"):
        answer = anybody().get(url)
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
