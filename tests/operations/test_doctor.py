"""The command: what it prints, and its exit code."""

import json
from pathlib import Path

import pytest

from tests.operations.moved import Place, new_place

pytestmark = [pytest.mark.database]


def test_it_says_what_is_wrong_repairs_it_and_ends_with_one_while_something_is(tmp_path: Path) -> None:
    with new_place(tmp_path / "data") as place:
        assert place.command("migrate").returncode == 0
        (tmp_path / "data" / "secret_key").chmod(0o644)
        told = place.command("doctor")
        assert told.returncode == 1
        assert "Others can read" in told.stdout
        assert "database   ok" in told.stdout
        repaired = place.command("doctor", "--repair", "--json")
        assert repaired.returncode == 1, "nobody leads, and that is not for a doctor to change"
        findings = {each["check"]: each["repair"] for each in json.loads(repaired.stdout)["findings"]}
        assert findings == {"keys": "Only its owner can now.", "lease": None}
        assert [each["check"] for each in json.loads(place.command("doctor", "--json").stdout)["findings"]] == ["lease"]


def test_it_finds_a_database_of_another_installation(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert Place(tmp_path / name).command("migrate").returncode == 0
    crossed = Place(tmp_path / "one", f"sqlite:///{tmp_path / 'two' / 'capsulier.sqlite3'}")
    assert crossed.command("web", "--port", "0").returncode == 78
    told = crossed.command("doctor")
    assert told.returncode == 1
    assert "belongs to another database" in told.stdout
