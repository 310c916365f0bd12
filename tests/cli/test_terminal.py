"""On a terminal: colours, unless they are not wanted; a question before something that runs is deleted; a bar."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier
from tests.servers import Server

Make = Callable[..., str]
Terminal = Callable[..., tuple[int, str]]


@pytest.fixture
def terminal(server: Server) -> Terminal:
    """Run a command on a terminal, type something; its exit code and what was to be seen."""

    def call(*arguments: str, typed: str = "", **environment: str) -> tuple[int, str]:
        here, there = pty.openpty()
        own = server.environment | {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
        command = [sys.executable, "-m", "capsulier", *arguments]
        process = subprocess.Popen(command, env=own, stdin=there, stdout=there, stderr=there, start_new_session=True)
        os.close(there)
        os.write(here, typed.encode())
        seen = b""
        try:
            while chunk := os.read(here, 65536):
                seen += chunk
        except OSError:  # how Linux tells that the other end is closed
            pass
        os.close(here)
        return process.wait(30), seen.decode()

    return call


def test_a_status_has_its_colour_unless_none_is_wanted(capsulier: Capsulier, job: Make, terminal: Terminal) -> None:
    name = job("exit 3")
    capsulier("run", name, "--wait")
    _, seen = terminal("jobs", "--search", name)
    assert "\x1b[31m✕ Failed" in seen
    _, plain = terminal("jobs", "--search", name, NO_COLOR="1")
    assert "✕ Failed" in plain
    assert "\x1b[31m" not in plain


def test_a_long_name_is_whole_on_a_narrow_terminal(capsulier: Capsulier, terminal: Terminal, name: str) -> None:
    long = f"{name} " + "x" * 120
    capsulier("create", long, "--capsule", "bash")
    _, seen = terminal("jobs", "--search", name, COLUMNS="60")
    assert seen.count("x") >= 120


def test_a_running_job_is_deleted_only_when_asked_for_twice(
    capsulier: Capsulier, job: Make, terminal: Terminal
) -> None:
    name = job("sleep 60")
    capsulier("run", name)
    code, seen = terminal("delete", name, typed="n\n")
    assert (code, "Delete it?" in seen) == (1, True)
    assert capsulier("show", name).code == 0
    assert terminal("delete", name, typed="y\n")[0] == 0
    assert capsulier("show", name).code == 1


def test_an_upload_shows_how_far_it_is(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "large.zip").write_bytes(bytes(20_000_000))
    code, seen = terminal("upload", str(tmp_path / "large.zip"))
    assert code == 0
    assert "20.0" in seen
    assert "MB" in seen
    assert "Uploaded large.zip, 20 MB" in seen


def test_help_has_the_commands_of_the_server_under_their_own_heading(terminal: Terminal) -> None:
    _, seen = terminal("--help", NO_COLOR="1")
    assert seen.index("On the server") < seen.index("conductor")
