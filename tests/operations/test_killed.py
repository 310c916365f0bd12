"""Backup, restore and db copy, killed at the points where there is most to lose, and begun again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import new_database
from tests.operations.moved import Place, new_place

pytestmark = [pytest.mark.database, pytest.mark.crash, pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation that has just been made."""
    with new_place(tmp_path_factory.mktemp("killed") / "data") as place:
        assert place.command("migrate").returncode == 0
        yield place


@pytest.fixture(scope="module")
def backup(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "backup.tar"
    assert place.command("backup", path).returncode == 0
    return path


def kill_at(function: str, place: Place, *words: str | Path) -> None:
    command = [sys.executable, "-m", "tests.operations.killed_at", function, *map(str, words)]
    killed = subprocess.run(command, env=place.all_variables(), capture_output=True, text=True, check=False)
    assert killed.returncode == -9, f"it was never there:\n{killed.stdout}{killed.stderr}"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("load_rows.set_marks", "The old database is as it was"),  # all rows are written, nothing is committed
        ("copy_database.call_command", "There was nothing to do"),  # right behind the commit
    ],
)
def test_a_copy_begun_again_says_what_is_true(place: Place, tmp_path: Path, function: str, said: str) -> None:
    with new_database() as url:
        other = url or f"sqlite:///{tmp_path / 'other.sqlite3'}"
        kill_at(f"capsulier.services.{function}", place, "db", "copy", other)
        again = place.command("db", "copy", other)
        assert (again.returncode, said in again.stdout) == (0, True), again.stdout + again.stderr
        assert is_well(Place(place.data_dir, other))


@pytest.mark.parametrize(
    "function",
    [
        "capsulier.operations.restore._load",  # its files are there, and no table
        "capsulier.services.load_rows.set_marks",
        "capsulier.services.settle_restored.settle_restored",  # right behind the commit
        "os.sync",  # all is done but to say so
    ],
)
def test_a_restore_begun_again_comes_to_its_end(backup: Path, tmp_path: Path, function: str) -> None:
    with new_place(tmp_path / "data") as place:
        kill_at(function, place, "restore", backup)
        refused = place.command("web", "--port", "0")
        assert refused.returncode != 0
        assert "did not come to its end" in refused.stderr
        again = place.command("restore", backup)
        assert again.returncode == 0, again.stderr
        assert is_well(place)


def test_a_backup_is_there_whole_or_not_at_all(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    kill_at("capsulier.services.back_up._add_keys", place, "backup", path)
    assert not path.exists()
    kill_at("capsulier.services.archive._sync", place, "backup", path)  # it has just got its name
    with new_place(tmp_path / "data") as restored:
        assert restored.command("restore", path).returncode == 0
    assert place.command("backup", path).returncode == 0
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["backup.tar"], "no draft is left"


def is_well(place: Place) -> bool:
    """Of all that doctor looks at; that nobody leads is as it should be."""
    found = json.loads(place.command("doctor", "--json").stdout)["findings"]
    return [each["check"] for each in found] == ["lease"]
