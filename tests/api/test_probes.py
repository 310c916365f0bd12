"""Whether the process lives, and whether it can work."""

import httpx
import pytest
from django.db import OperationalError, connection

from capsulier.api import probes
from capsulier.clock import now_us
from capsulier.ledger.lease import take_lease

pytestmark = pytest.mark.database


def ask(address: str, path: str) -> httpx.Response:
    """As a cluster does: without a token, by the address of a machine."""
    return httpx.get(f"{address}{path}", headers={"Host": "10.1.2.3:7410"}, trust_env=False)


def test_a_process_that_lives_says_so(address: str) -> None:
    answer = ask(address, "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_it_is_ready_with_and_without_a_conductor(address: str, nobody: httpx.Client) -> None:
    answer = ask(address, "/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "answers",
        "migrations": "applied",
        "conductor": "none leads",
    }
    take_lease("us", now_us=now_us(), ttl_us=60_000_000)
    assert ask(address, "/readyz").json()["conductor"] == "leads"


def test_it_is_not_ready_while_tables_are_missing(address: str, nobody: httpx.Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = name || '?' WHERE app = 'store'")
        try:
            answer = ask(address, "/readyz")
        finally:
            cursor.execute("UPDATE django_migrations SET name = REPLACE(name, '?', '') WHERE app = 'store'")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "missing"


def test_it_is_not_ready_while_the_database_does_not_answer(
    address: str, nobody: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("connection to server at 10.0.0.9 failed: password of ana")

    monkeypatch.setattr(probes, "readiness", away)
    answer = ask(address, "/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "database": "does not answer"})
