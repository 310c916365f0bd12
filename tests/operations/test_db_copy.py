"""An installation moves to another database, with every row, and the old one stays as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.databases import new_database
from tests.operations.moved import Place, all_jobs, ended, make_history, run

pytestmark = [pytest.mark.database, pytest.mark.crash, pytest.mark.timeout(300)]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    """An empty database: of PostgreSQL where this run is on it."""
    with new_database() as url:
        yield url or f"sqlite:///{tmp_path / 'other.sqlite3'}"


def test_all_rows_move_and_back_again(tmp_path: Path, other: str) -> None:
    place = Place(tmp_path / "data")
    with place.served() as server, server.api() as api:
        make_history(server, api)
        jobs, executions = all_jobs(api), ended(api)
        refused = place.command("db", "copy", other)
        assert refused.returncode == 1
        assert "A web process works on the database in use" in refused.stderr
    untouched = content(tmp_path / "data" / "capsulier.sqlite3")
    done = place.command("db", "copy", other)
    assert done.returncode == 0, done.stderr
    assert "3  execution\n" in done.stdout
    assert content(tmp_path / "data" / "capsulier.sqlite3") == untouched
    assert is_settled(other)
    again = place.command("db", "copy", other)
    assert (again.returncode, "There was nothing to do" in again.stdout) == (0, True), again.stderr
    moved = Place(tmp_path / "data", other)
    with moved.served() as server, server.api() as api:
        assert (all_jobs(api), ended(api)) == (jobs, executions)
        new = server.wait_for_end(api, run(api, jobs["weekdays"]["id"]))
        assert new["id"] > max(executions)
    changed = place.command("db", "copy", other)
    assert (changed.returncode, "from an earlier copy; since then" in changed.stderr) == (1, True)
    back = moved.command("db", "copy", f"sqlite:///{tmp_path / 'back.sqlite3'}")
    assert back.returncode == 0, back.stderr
    with Place(tmp_path / "data", f"sqlite:///{tmp_path / 'back.sqlite3'}").served() as server, server.api() as api:
        assert set(ended(api)) == {*executions, new["id"]}


def is_settled(url: str) -> bool:
    """As PostgreSQL's autovacuum would leave it after so many rows."""
    if url.startswith("sqlite"):
        return True
    with psycopg.connect(url) as opened:
        return opened.execute("SELECT bool_and(relallvisible > 0) FROM pg_class WHERE relname = 'job'").fetchone() == (
            True,
        )


def content(database: Path) -> list[str]:
    """All that is in it, as SQL."""
    with closing(sqlite3.connect(database)) as opened:
        return list(opened.iterdump())


def test_it_refuses_while_a_conductor_leads(tmp_path: Path, other: str) -> None:
    place = Place(tmp_path / "data", environment={"CAPSULIER_LEASE_S": "600"})
    with place.served() as server:
        server.kill("conductor")
        server.stop()
    (tmp_path / "data" / "run" / "web.json").unlink(missing_ok=True)
    refused = place.command("db", "copy", other)
    assert refused.returncode == 1
    assert "A conductor leads" in refused.stderr


@pytest.mark.long
def test_a_killed_copy_is_begun_again(tmp_path: Path, other: str) -> None:
    place = Place(tmp_path / "data")
    with place.served() as server, server.api() as api:
        make_history(server, api)
        jobs, executions = all_jobs(api), ended(api)
    for tenth in (5, 8, 10, 12, 15):
        if not place.kill(tenth / 10, "db", "copy", other):
            break
    else:
        done = place.command("db", "copy", other)
        assert done.returncode == 0, done.stderr
    with Place(tmp_path / "data", other).served() as server, server.api() as api:
        assert (all_jobs(api), ended(api)) == (jobs, executions)


def test_the_same_database_and_an_address_that_is_none_are_refused(tmp_path: Path) -> None:
    place = Place(tmp_path / "data")
    assert place.command("migrate").returncode == 0
    for url, words in {
        f"sqlite:///{tmp_path / 'data' / 'capsulier.sqlite3'}": "That is the database in use",
        "mysql://here/db": "Write it as sqlite:///path or postgresql://",
    }.items():
        refused = place.command("db", "copy", url)
        assert refused.returncode == 1
        assert words in refused.stderr


def test_a_database_of_something_else_is_left_alone(tmp_path: Path, other: str) -> None:
    place = Place(tmp_path / "data")
    assert place.command("migrate").returncode == 0
    assert Place(tmp_path / "another", other).command("migrate").returncode == 0
    refused = place.command("db", "copy", other)
    assert refused.returncode == 1
    assert "has tables already, of something else" in refused.stderr
