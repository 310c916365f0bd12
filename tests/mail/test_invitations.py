"""Invitations go by mail where mail is set up, through a real SMTP server."""

from collections.abc import Iterator

import pytest

from capsulier.config import config
from capsulier.core.access import Role
from capsulier.services import mail_invitation
from capsulier.services.invitations import invite
from capsulier.services.mail_invitation import try_to_mail
from tests.builders import make_actor
from tests.mail.post_office import PostOffice, post_office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LINK = "http://localhost/invitation/key"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with post_office() as office:
        monkeypatch.setattr(config(), "smtp_url", f"smtp://127.0.0.1:{office.port}")
        yield office


def test_the_link_is_mailed(office: PostOffice) -> None:
    invitation, _ = invite(make_actor(Role.ADMINISTRATOR), "main", Role.OPERATOR, email="ana@example.org")
    assert try_to_mail(invitation, LINK) == ""
    [mail] = office.mails
    assert mail["To"] == "ana@example.org"
    body = mail.get_content()
    assert LINK in body
    assert "administrator invites you to “main” in Capsulier, as operator." in body


def test_without_an_address_nothing_is_sent(office: PostOffice) -> None:
    invitation, _ = invite(make_actor(Role.ADMINISTRATOR), "main", Role.OPERATOR)
    assert try_to_mail(invitation, LINK)
    assert office.mails == []


def test_a_server_that_refuses_or_hangs_is_said_and_the_invitation_stays(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_invitation, "_PATIENCE_S", 0.3)
    invitation, _ = invite(make_actor(Role.ADMINISTRATOR), "main", Role.OPERATOR, email="ana@example.org")
    office.refused["ana@example.org"] = "550 nobody of that name"
    assert "was not sent" in try_to_mail(invitation, LINK)
    office.refused.clear()
    office.is_stuck = True
    assert "was not sent" in try_to_mail(invitation, LINK)
    invitation.refresh_from_db()
