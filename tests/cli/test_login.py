"""Logging in with a token, as from another machine."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier
from tests.servers import Server


@pytest.fixture
def token(server: Server, tmp_path: Path) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "capsulier", "token", "create", "--name", f"laptop {tmp_path.name}", "--role", "viewer"],
        env=server.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()


@pytest.fixture(autouse=True)
def elsewhere(capsulier: Capsulier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another machine: the data directory is not there."""
    monkeypatch.delenv("CAPSULIER_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


def test_a_token_is_tried_and_kept_for_the_commands_that_follow(
    capsulier: Capsulier, server: Server, token: str, tmp_path: Path
) -> None:
    assert capsulier("jobs").code == 1
    logged_in = capsulier("login", f"{server.url}/", "--token", token)
    assert logged_in.code == 0, logged_in.refused
    assert server.url in logged_in.said
    assert token not in logged_in.said
    assert (tmp_path / "config" / "capsulier" / "login.json").stat().st_mode & 0o777 == 0o600
    assert capsulier("jobs").code == 0
    refused = capsulier("create", "not mine", "--capsule", "bash")
    assert (refused.code, "editor" in refused.refused) == (1, True)


def test_a_token_can_come_from_standard_input(
    capsulier: Capsulier, server: Server, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{token}\n"))
    assert capsulier("login", server.url).code == 0


def test_a_wrong_token_is_refused_and_not_kept(capsulier: Capsulier, server: Server, tmp_path: Path) -> None:
    refused = capsulier("login", server.url, "--token", "cap_wrong")
    assert refused.code == 1
    assert "unknown or has expired" in refused.refused
    assert not (tmp_path / "config").exists()


def test_an_address_where_something_else_answers_is_refused(capsulier: Capsulier, server: Server, token: str) -> None:
    refused = capsulier("login", f"{server.url}/elsewhere", "--token", token)
    assert refused.code == 1
    assert "404" in refused.refused
