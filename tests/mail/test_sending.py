"""Alerts on their way to a real mail server: plain and encrypted, refused, left hanging, cut off."""

import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.services import send_mails as sending
from capsulier.services.send_mails import NO_SERVER, Postman
from capsulier.store.models import Alert, Job
from tests.builders import make_alert, make_job
from tests.mail.post_office import PostOffice, make_certificate, post_office
from tests.web.past import past_execution

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),  # a login without TLS is what some servers take
]

Use = Callable[[str], None]
LOGIN = ("capsulier", "s3cret/#?@")
LOGIN_IN_URL = "capsulier:s3cret%2F%23%3F%40"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Set CAPSULIER_SMTP_URL for this process."""
    return lambda url: monkeypatch.setattr(config(), "smtp_url", url)


@pytest.fixture
def office(use: Use) -> Iterator[PostOffice]:
    with post_office() as office:
        use(f"smtp://127.0.0.1:{office.port}")
        yield office


def due(*addresses: str, job: Job | None = None, state: str = "failed") -> list[Alert]:
    """Alerts in the outbox, one to each address, of an execution of its own."""
    execution = past_execution(job or make_job(), state)
    return [make_alert(execution, each) for each in addresses]


def later() -> None:
    """As if an hour and a bit had passed."""
    Alert.objects.filter(next_try_us__isnull=False).update(next_try_us=now_us())


def test_a_mail_goes_out_once_and_only_once(office: PostOffice) -> None:
    [mail] = due("ana@example.org")
    postman = Postman()
    assert postman.send_mails() is None
    postman.send_mails()
    Postman().send_mails()
    assert office.recipients == ["ana@example.org"]
    mail.refresh_from_db()
    assert (mail.tries, mail.error, mail.next_try_us) == (1, "", None)
    assert mail.sent_us is not None


def test_a_hundred_addresses_are_told_over_one_connection(office: PostOffice) -> None:
    addresses = [f"person{number}@example.org" for number in range(100)]
    due(*addresses)
    Postman().send_mails()
    assert sorted(office.recipients) == sorted(addresses)
    assert office.connections == 1
    assert {mail["To"] for mail in office.mails} == set(addresses), "nobody sees the others"


@pytest.mark.parametrize(
    ("tls", "url"), [("starttls", "smtp://{}?tls=yes"), ("smtps", "smtps://{}"), ("", "smtp://{}")]
)
def test_a_login_and_encryption(tls: str, url: str, use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with post_office(tls=tls, certificate=certificate, login=LOGIN) as office:
        due("ana@example.org")
        use(url.format(f"{LOGIN_IN_URL}@127.0.0.1:{office.port}"))
        Postman().send_mails()
        assert office.recipients == ["ana@example.org"], Alert.objects.get().error


@pytest.mark.parametrize(("tls", "url"), [("starttls", "smtp://{}?tls=yes"), ("smtps", "smtps://{}")])
def test_a_certificate_that_nobody_trusts_gets_no_password(tls: str, url: str, use: Use, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "certificate.pem")
    with post_office(tls=tls, certificate=certificate, login=LOGIN) as office:
        due("ana@example.org")
        use(url.format(f"{LOGIN_IN_URL}@127.0.0.1:{office.port}"))
        Postman().send_mails()
        assert not office.mails
    assert "certificate" in Alert.objects.get().error


def test_a_server_without_encryption_is_not_used_where_encryption_is_asked_for(office: PostOffice, use: Use) -> None:
    due("ana@example.org")
    use(f"smtp://127.0.0.1:{office.port}?tls=yes")
    Postman().send_mails()
    assert not office.mails
    assert "STARTTLS" in Alert.objects.get().error


def test_a_wrong_password_stands_in_no_error_and_no_log(use: Use, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with post_office(login=LOGIN) as office:
        due("ana@example.org")
        use(f"smtp://capsulier:wr0ng-password@127.0.0.1:{office.port}")
        Postman().send_mails()
    mail = Alert.objects.get()
    assert mail.error.startswith(f"The mail server 127.0.0.1:{office.port} cannot be used: 535 ")
    assert mail.next_try_us is not None, "somebody may mend it"
    assert "wr0ng-password" not in mail.error + caplog.text + repr(config()) + repr(config().mail_server)
    assert "cannot be used" in caplog.text


def test_a_server_that_repeats_the_password_is_not_quoted_with_it(use: Use, caplog: pytest.LogCaptureFixture) -> None:
    with post_office(login=("capsulier", "s3cret-word")) as office:
        office.refused["ana@example.org"] = "550 capsulier:s3cret-word may not send to this address"
        due("ana@example.org")
        use(f"smtp://capsulier:s3cret-word@127.0.0.1:{office.port}")
        Postman().send_mails()
    assert Alert.objects.get().error == "550 capsulier:… may not send to this address"
    assert "s3cret-word" not in caplog.text


def test_one_refused_address_holds_no_other_up_and_is_not_tried_again(office: PostOffice) -> None:
    office.refused["gone@example.org"] = "550 5.1.1 No such user"
    due("ana@example.org", "gone@example.org", "ben@example.org")
    Postman().send_mails()
    later()
    Postman().send_mails()
    assert office.recipients == ["ana@example.org", "ben@example.org"]
    refused = Alert.objects.get(target="gone@example.org")
    assert (refused.tries, refused.next_try_us, refused.sent_us) == (1, None, None)
    assert refused.error == "550 5.1.1 No such user"


def test_an_address_that_is_to_wait_is_tried_again(office: PostOffice) -> None:
    office.refused["ana@example.org"] = "450 4.2.0 Greylisted, come back later"
    due("ana@example.org")
    began_us = now_us()
    next_try_us = Postman().send_mails()
    assert next_try_us is not None
    assert 55 < (next_try_us - began_us) / 1e6 < 65
    office.refused.clear()
    later()
    Postman().send_mails()
    assert office.recipients == ["ana@example.org"]


def test_a_refused_mail_is_not_tried_again(office: PostOffice) -> None:
    office.answer = "554 5.6.0 We do not want this"
    due("ana@example.org")
    assert Postman().send_mails() is None
    assert Alert.objects.get().error == "554 5.6.0 We do not want this"


def test_a_connection_lost_in_the_middle_of_a_mail_costs_that_mail_a_minute(office: PostOffice) -> None:
    office.drops = 1
    due("ana@example.org", "ben@example.org")
    Postman().send_mails()
    assert office.recipients == ["ben@example.org"]
    later()
    Postman().send_mails()
    assert office.recipients == ["ben@example.org", "ana@example.org"]


def test_a_server_that_loses_every_connection_is_left_alone_for_a_while(office: PostOffice) -> None:
    office.drops = 1000
    due(*(f"person{number}@example.org" for number in range(20)))
    postman = Postman()
    next_try_us = postman.send_mails()
    assert office.began == 2
    assert next_try_us is not None
    assert next_try_us > now_us() + 50_000_000, "all of them wait"
    assert Alert.objects.filter(error__contains="loses its connections").count() == 18


def test_a_server_that_hangs_holds_up_for_its_time_only(
    office: PostOffice, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_TIMEOUT_S", 0.3)
    due("ana@example.org", "ben@example.org", "cleo@example.org")
    office.answer = ""
    began_us = now_us()
    Postman().send_mails()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        later()
        Postman().send_mails()
    assert now_us() - began_us < 5_000_000
    assert "timed out" in Alert.objects.first().error  # type: ignore[union-attr]
    assert not Alert.objects.filter(next_try_us__lte=now_us()).exists(), "nobody is tried without a pause"


def test_a_server_that_is_not_there_is_asked_less_and_less_often_and_for_a_day(use: Use) -> None:
    use("smtp://127.0.0.1:1")
    [mail] = due("ana@example.org")
    waits = []
    for _ in range(6):
        began_us = now_us()
        next_try_us = Postman().send_mails()
        assert next_try_us is not None
        waits.append(round((next_try_us - began_us) / 1e6))
        later()
    assert waits == [60, 300, 900, 3600, 3600, 3600]
    Alert.objects.update(created_us=now_us() - 25 * 3600 * 1_000_000)
    assert Postman().send_mails() is None, "given up"
    mail.refresh_from_db()
    assert mail.sent_us is None
    assert "refused" in mail.error


def test_without_a_mail_server_nothing_waits_for_one(use: Use, office: PostOffice) -> None:
    use("")
    due("ana@example.org")
    assert Postman().send_mails() is None
    assert Alert.objects.get().error == NO_SERVER
    use(f"smtp://127.0.0.1:{office.port}")
    Postman().send_mails()
    assert not office.mails


def test_a_mail_that_cannot_be_written_holds_no_other_up(office: PostOffice, caplog: pytest.LogCaptureFixture) -> None:
    due("a b@[", "ben@example.org")
    Postman().send_mails()
    assert office.recipients == ["ben@example.org"]
    assert "could not be written" in Alert.objects.get(target="a b@[").error


def test_a_storm_of_failures_is_told_in_a_few_mails(office: PostOffice) -> None:
    job, quiet = make_job("broken"), make_job("quiet")
    postman = Postman()
    for _ in range(3):
        due("ana@example.org", job=job)
        postman.send_mails()
    for _ in range(40):
        due("ana@example.org", job=job)
    due("ana@example.org", job=quiet)
    next_try_us = postman.send_mails()
    assert len(office.mails) == 5, "three, one for forty, and the other job's"
    for _ in range(20):
        due("ana@example.org", job=job)
        next_try_us = postman.send_mails()
    assert next_try_us is not None
    assert 40_000_000 < next_try_us - now_us() < 60_000_000, "the rest goes out within the minute"
    assert len(office.mails) == 6
    subjects = [str(mail["Subject"]) for mail in office.mails]
    assert "Failed: broken #43, exit 3, 39 more" in subjects
    assert not Alert.objects.filter(sent_us=None, next_try_us=None).exists(), "none is lost"


def test_what_gathers_while_the_server_is_away_comes_as_one_mail(office: PostOffice) -> None:
    job = make_job("broken")
    for _ in range(30):
        due("ana@example.org", job=job)
    Postman().send_mails()
    [mail] = office.mails
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["Subject"] == "Failed: broken #30, exit 3, 29 more"
    assert "#29 failed, exit 3" in text.splitlines()
    assert "and 9 more" in text
    assert Alert.objects.filter(sent_us__isnull=False).count() == 30
