"""Administration: who gets in, and what the page of the system says."""

import pytest
from django.test import Client

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.ledger.lease import take_lease
from capsulier.store.models import User
from capsulier.web.administration.sections import SECTIONS
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def chief() -> Client:
    """A client signed in as an administrator of the installation."""
    client = client_of()
    client.force_login(User.objects.get_or_create(username="chief", is_superuser=True)[0])
    return client


def test_the_administrator_of_the_installation_is_led_to_the_first_section() -> None:
    assert chief().get("/administration", follow=True).redirect_chain == [(SECTIONS[0].url, 302)]


def test_the_system_says_what_it_runs_on() -> None:
    answer = chief().get("/administration/system")
    assert "SQLite" in text_of(answer) or "PostgreSQL" in text_of(answer)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.EDITOR])
def test_others_are_told_that_it_is_not_for_them(role: Role) -> None:
    client = client_of(role)
    assert client.get("/administration").status_code == 403
    assert client.get("/administration/system").status_code == 403
    assert "/administration" not in client.get("/").content.decode()


def test_a_stranger_finds_nothing() -> None:
    assert client_of(None).get("/administration/system").status_code == 404


def test_nobody_leading_is_said_with_what_to_do() -> None:
    client = chief()
    assert "No conductor leads" in text_of(client.get("/administration/system"))
    take_lease("machine:12:ab", now_us=now_us(), ttl_us=60_000_000)
    page = text_of(client.get("/administration/system"))
    assert "No conductor leads" not in page
    assert "process 12 on machine" in page
