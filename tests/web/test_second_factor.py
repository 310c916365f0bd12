"""Second factors, sessions and forgotten passwords: the pages that allauth brings, as people use them."""

import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.test import Client

from capsulier.config import config
from capsulier.services.identity import create_sign_in_key
from capsulier.services.reset_password import reset_password
from capsulier.store.models import Change, Job, User
from tests.builders import make_user
from tests.mail.post_office import PostOffice, post_office
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PASSWORD = "correct horse battery"
HOME = "/account/second-factor/"


def ana() -> User:
    user = make_user("ana")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client | None = None, **more: Any) -> tuple[Client, Any]:
    client = client or anybody()
    return client, client.post("/sign-in", {"username": "ana", "password": PASSWORD, **more})


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def with_app() -> tuple[Client, str]:
    """Ana, signed in, with an authenticator app; its secret."""
    ana()
    client, _ = sign_in()
    asked = client.get(f"{HOME}totp/activate/")
    assert asked.headers["Location"].startswith("/account/confirm")
    page = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    done = client.post(f"{HOME}totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302, text_of(done)
    return client, secret


def test_a_lost_one_is_removed_by_an_administrator_of_the_installation() -> None:
    with_app()
    _, asked = sign_in()
    assert "/second-factor" in asked.headers["Location"], "it is asked for"
    chief = client_of(None)
    User.objects.filter(username="stranger").update(is_superuser=True)
    assert "Remove second factor" in text_of(chief.get("/administration/everybody"))
    done = chief.post("/administration/everybody/ana", {"do": "without second factor"}, follow=True)
    assert "ana has no second factor now." in text_of(done)
    assert "Remove second factor" not in text_of(done)
    ana, _ = sign_in()
    assert ana.get("/").status_code == 200
    change = Change.objects.filter(name="ana", verb="edited").get()
    assert (change.before, change.after) == ({"second factor": True}, {"second factor": False})


def wait_for_mails() -> None:
    """They are sent in threads: nobody waits for them."""
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join()


def let_time_pass() -> None:
    """A code is good once: the next one comes with the next half minute."""
    from django.core.cache import cache  # noqa: PLC0415

    cache.clear()


def test_a_code_is_asked_for_after_the_password() -> None:
    _, secret = with_app()
    let_time_pass()
    client, answer = sign_in(next="/trash")
    assert answer.headers["Location"] == f"{HOME}authenticate/"
    assert client.get("/").status_code == 302
    wrong = client.post(f"{HOME}authenticate/", {"code": "000000"})
    assert "This code is not right" in text_of(wrong)
    answer = client.post(f"{HOME}authenticate/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/trash"
    assert client.get("/").status_code == 200


def test_who_guesses_codes_has_to_wait_wherever_they_come_from() -> None:
    _, secret = with_app()
    let_time_pass()
    client, _ = sign_in()
    for number in range(10):
        assert client.post(f"{HOME}authenticate/", {"code": f"{number:06}"}).status_code == 200
    elsewhere, _ = sign_in(anybody(REMOTE_ADDR="192.0.2.7"))
    answer = elsewhere.post(f"{HOME}authenticate/", {"code": code_of(secret)})
    assert (answer.status_code, "Too many attempts" in text_of(answer)) == (429, True)
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert Change.objects.filter(verb="failed to sign in", after={"by": "second factor"}, who="ana").count() == 10


def test_what_is_changed_about_the_ways_in_is_on_the_trail(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client, secret = with_app()
        client.post(f"{HOME}recovery-codes/generate/")
    client.post(f"{HOME}totp/deactivate/")
    told = Change.objects.filter(subject="person", name="ana").order_by("id").values_list("verb", flat=True)
    assert list(told) == ["added app", "made recovery codes", "removed app"]
    assert secret not in str(list(Change.objects.values()))


def test_a_recovery_code_lets_in_once() -> None:
    client, _ = with_app()
    page = client.get(f"{HOME}recovery-codes/")
    codes = re.findall(r"\b\d{8}\b", text_of(page))
    assert len(codes) == 10
    for may in (True, False):
        other, _ = sign_in()
        other.post(f"{HOME}authenticate/", {"code": codes[0]})
        assert (other.get("/").status_code == 200) is may


def test_the_secret_of_an_app_is_sealed_in_the_database() -> None:
    _, secret = with_app()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert "gAAAA" in stored


def test_what_was_typed_survives_the_second_step() -> None:
    _, secret = with_app()
    let_time_pass()
    typed = {"carried_to": "/jobs/new", "carried.capsule": "bash", "carried.name": "typed", "carried.command": "true"}
    client, _ = sign_in(**typed)
    after = client.post(f"{HOME}authenticate/", {"code": code_of(secret)}, follow=True)
    offered = after if "Send it" in text_of(after) else client.get("/sign-in/go-on")
    assert 'action="/jobs/new"' in offered.content.decode()
    client.post("/jobs/new", dict(offered.context["fields"]) | {"run": "manual"})
    assert Job.objects.get().name == "typed"
    assert client.get("/sign-in/go-on").headers["Location"] == "/"


def test_a_link_of_the_machine_needs_no_code_and_a_lost_app_is_forgotten_there() -> None:
    with_app()
    user = User.objects.get(username="ana")
    client = anybody()
    client.get(f"/sign-in/{create_sign_in_key(user)}")
    assert client.get("/").status_code == 200
    reset_password("ana", "another good one", without_second_factor=True)
    assert client.get("/").status_code == 302  # signed out everywhere
    client, answer = sign_in(password="another good one")
    assert answer.headers["Location"] == "/"


def test_changing_a_second_factor_asks_again_who_one_is() -> None:
    client, _ = with_app()
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    answer = client.get(f"{HOME}totp/deactivate/")
    assert answer.status_code == 302
    assert "/account/" in answer.headers["Location"]


class TestSessions:
    def test_are_listed_with_device_and_address_and_ended_one_by_one(self) -> None:
        ana()
        here, _ = sign_in(anybody(HTTP_USER_AGENT="X Firefox/140 (Linux)"))
        there, _ = sign_in(anybody(HTTP_USER_AGENT="X Chrome/140 (Windows)"))
        page = here.get("/account/sessions/")
        assert "Firefox on Linux this one from 127.0.0.1" in text_of(page)
        assert "Chrome on Windows" in text_of(page)
        other = UserSession.objects.exclude(session_key=here.session.session_key).get()
        here.post(f"/account/sessions/{other.pk}/end")
        assert there.get("/").status_code == 302
        assert there.get("/api/v2/me").status_code == 401
        assert here.get("/").status_code == 200

    def test_of_others_are_out_of_reach(self) -> None:
        ana()
        client, _ = sign_in()
        stranger = anybody()
        stranger.get(f"/sign-in/{create_sign_in_key(make_user('bo'))}")
        mine = UserSession.objects.get(user__username="ana")
        assert stranger.post(f"/account/sessions/{mine.pk}/end").status_code == 404
        assert client.get("/").status_code == 200

    def test_that_began_before_they_were_listed_are_listed_when_they_are_used(self) -> None:
        client = anybody()
        client.force_login(ana())
        assert not UserSession.objects.exists()
        client.get("/trash")
        assert UserSession.objects.get().session_key == client.session.session_key

    def test_that_are_ended_are_on_the_trail(self) -> None:
        ana()
        here, _ = sign_in(anybody(HTTP_USER_AGENT="X Firefox/140 (Linux)"))
        sign_in(anybody(HTTP_USER_AGENT="X Chrome/140 (Windows)"))
        other = UserSession.objects.exclude(session_key=here.session.session_key).get()
        here.post(f"/account/sessions/{other.pk}/end")
        here.post("/sign-out")
        told = Change.objects.filter(verb="signed out").order_by("id").values_list("who", "name")
        assert list(told) == [("ana", "Chrome on Windows, 127.0.0.1"), ("ana", "")]

    def test_all_others_end_at_once(self) -> None:
        ana()
        here, _ = sign_in()
        there, _ = sign_in()
        here.post("/account/sessions/")
        assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)

    def test_are_marked_as_used_now_and_then(self) -> None:
        ana()
        client, _ = sign_in()
        UserSession.objects.update(last_seen_at="2026-01-01T00:00:00Z")
        client.get("/")
        assert UserSession.objects.get().last_seen_at.year == 2026
        session = client.session
        session["seen_us"] = 0
        session.save()
        client.get("/")
        assert (time.time() - UserSession.objects.get().last_seen_at.timestamp()) < 60


class TestAForgottenPassword:
    @pytest.fixture
    def office(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
        with post_office() as office:
            monkeypatch.setattr(config(), "smtp_url", f"smtp://127.0.0.1:{office.port}")
            yield office

    def test_is_replaced_by_a_link_that_comes_by_mail(self, office: PostOffice) -> None:
        User.objects.filter(pk=ana().pk).update(email="ana@example.org")
        client = anybody()
        assert "Forgot your password?" in text_of(client.get("/sign-in"))
        client.post("/account/forgotten", {"email": "ana@example.org"})
        wait_for_mails()
        [mail] = office.mails
        link = re.search(r"http://localhost(/account/forgotten/\S+)", mail.get_content())
        assert link
        form = client.get(link[1], follow=True)
        client.post(form.redirect_chain[-1][0], {"password1": "another good one", "password2": "another good one"})
        assert User.objects.get(username="ana").check_password("another good one")
        used = anybody().get(link[1], follow=True)
        assert "This link works no more" in text_of(used)

    def test_of_nobody_sends_nothing_and_says_the_same(self, office: PostOffice) -> None:
        User.objects.filter(pk=ana().pk).update(email="ana@example.org")
        known = anybody().post("/account/forgotten", {"email": "ana@example.org"}, follow=True)
        unknown = anybody().post("/account/forgotten", {"email": "zoe@example.org"}, follow=True)
        assert text_of(known) == text_of(unknown)
        wait_for_mails()
        assert office.recipients == ["ana@example.org"]

    def test_is_asked_for_three_times_and_then_has_to_wait(self, office: PostOffice) -> None:
        User.objects.filter(pk=ana().pk).update(email="ana@example.org")
        for _ in range(3):
            assert anybody().post("/account/forgotten", {"email": "Ana@example.org"}).status_code == 302
        answer = anybody().post("/account/forgotten", {"email": "ana@example.org"})
        assert (answer.status_code, answer.headers["Retry-After"] in map(str, range(1, 901))) == (429, True)
        wait_for_mails()
        assert len(office.mails) == 3

    def test_without_mail_leads_to_who_runs_the_machine(self) -> None:
        assert "Forgot" not in text_of(anybody().get("/sign-in"))
        answer = anybody().get("/account/forgotten")
        assert (answer.status_code, "capsulier password USER" in text_of(answer)) == (404, True)


def test_nobody_signs_up_by_themself() -> None:
    assert anybody().get("/sign-up").status_code == 404
    assert anybody().post("/account/single-sign-on/signup/").status_code in (302, 404)
    assert not User.objects.filter(is_active=True).exclude(username="ana").exists()
