"""When something below us fails, or we do: a page that says so, with nothing of our inside on it."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import OperationalError

from capsulier.core.access import Role
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def caused(cause: BaseException) -> OperationalError:
    error = OperationalError("the words of the database")
    error.__cause__ = cause
    return error


def full_sqlite() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ZeroDivisionError("secret"), 500, "Its log says more"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "Make room in the data directory"),
        (caused(full_sqlite()), 507, "Make room in the data directory"),
        (caused(psycopg.errors.DiskFull()), 507, "Make room in the data directory"),
        (caused(psycopg.OperationalError()), 503, "The database does not answer"),
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        "capsulier.web.board.views.platform_of_request",
        "django.contrib.messages.middleware.MessageMiddleware.process_request",
    ],
)
def test_a_page_that_cannot_be_made_says_why(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str, place: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    client = client_of(Role.EDITOR)
    client.raise_request_exception = False
    monkeypatch.setattr(place, fail)
    answer = client.get("/")
    assert answer.status_code == status
    assert words in text_of(answer)
    assert "secret" not in text_of(answer)
    assert "words of the database" not in text_of(answer)
