"""How the command starts: fast, and on the server's side without the libraries of the command line."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from capsulier.__main__ import OPERATIONS

LIBRARIES = {"typer", "rich", "httpx", "django", "pydantic"}


def capsulier(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "capsulier", *arguments], check=False, capture_output=True, text=True, timeout=60
    )


def modules_after(code: str) -> set[str]:
    """The libraries, and the rooms of Capsulier, that are in memory once the code has run."""
    printed = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    )
    names = [name.removeprefix("capsulier.") for name in printed.stdout.split()]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("command", OPERATIONS)
def test_every_command_of_the_server_is_there(command: str) -> None:
    assert find_spec(f"capsulier.operations.{command.replace('-', '_')}")
    assert capsulier(command, "--help").returncode == 0


def test_the_supervisor_starts_without_any_library() -> None:
    code = (
        "import sys, contextlib; sys.argv = ['capsulier', 'serve', '--help']\n"
        "from capsulier.__main__ import main\n"
        "with contextlib.suppress(SystemExit): main()"
    )
    assert not modules_after(code) & LIBRARIES


def test_the_command_line_imports_no_room_of_the_server() -> None:
    found = modules_after("from capsulier.cli.app import make_app; make_app('', {}, lambda *_: 0)")
    assert {"cli", "core"} <= found
    assert not found & {"django", "ninja", "config", "services", "store", "ledger", "logs", "operations"}


def test_the_server_starts_without_the_libraries_of_the_ways_to_sign_in(tmp_path: Path) -> None:
    found = modules_after(f"import os; os.environ['CAPSULIER_DATA_DIR'] = {str(tmp_path)!r}\nimport capsulier.asgi")
    assert "allauth" in found
    assert not found & {"fido2", "qrcode", "requests", "urllib3", "jwt", "oauthlib"}


def test_help_lists_the_commands_of_both_sides() -> None:
    printed = capsulier("--help").stdout
    for command in ("jobs", "create", "login", *OPERATIONS):
        assert f"  {command} " in printed


def test_the_version_is_printed() -> None:
    assert capsulier("--version").stdout.startswith("capsulier ")


def test_bad_usage_ends_with_2() -> None:
    assert capsulier("jobs", "--nonsense").returncode == 2
    assert capsulier("create").returncode == 2
    nearly = capsulier("job")
    assert nearly.returncode == 2
    assert "jobs" in nearly.stderr
