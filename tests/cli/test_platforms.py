"""`capsulier platforms`, and jobs of the same name in two of them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier


def test_a_platform_is_made_listed_changed_archived_and_restored(capsulier: Capsulier) -> None:
    assert capsulier("platforms", "create", "team", "--label", "Data team").said == "Created platform “team”.\n"
    listed = {row["name"]: row for row in capsulier("platforms", "--json").json}
    assert listed["team"]["label"] == "Data team"
    assert capsulier("platforms", "set", "team", "--max-running", 3, "--json").json["max_running"] == 3
    assert capsulier("platforms", "set", "team", "--name", "crew").code == 0
    assert capsulier("platforms", "archive", "crew").said == "Archived platform “crew”.\n"
    assert "crew" in capsulier("platforms", "--archived").said
    assert capsulier("platforms", "restore", "crew").code == 0
    assert capsulier("platforms", "set", "crew", "--run-as", "", "--json").json["run_as"] == ""
    refused = capsulier("platforms", "set", "crew", "--run-as", "no-such-one")
    assert (refused.code, "There is no account “no-such-one”" in refused.refused) == (1, True)
    refused = capsulier("platforms", "create", "Crew")
    assert (refused.code, "small letters" in refused.refused) == (1, True)


def test_two_jobs_of_one_name_are_told_apart_by_their_platform(
    capsulier: Capsulier, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    capsulier("platforms", "create", "twin")
    options = ("--capsule", "bash", "--command", "true")
    here = capsulier("create", name, *options, "--json").json
    there = capsulier("create", name, *options, "--platform", "twin", "--json").json
    refused = capsulier("show", name)
    assert (refused.code, f"twin/{name}" in refused.refused) == (1, True)
    assert capsulier("show", f"twin/{name}", "--json").json["id"] == there["id"]
    assert capsulier("show", f"main/{name}", "--json").json["id"] == here["id"]
    monkeypatch.setenv("CAPSULIER_PLATFORM", "twin")
    assert capsulier("show", name, "--json").json["id"] == there["id"]
    assert [row["id"] for row in capsulier("jobs", "--json").json] == [there["id"]]
