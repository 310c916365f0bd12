"""A running server, and the command line on its machine."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from json import loads
from pathlib import Path
from typing import Any

import pytest

from capsulier.__main__ import OPERATIONS, operate
from capsulier.cli.app import run
from tests.servers import Server, serving

_numbers = count(1)


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def json(self) -> Any:
        assert self.code == 0, self.refused
        return loads(self.out)

    @property
    def said(self) -> str:
        return self.out.decode()

    @property
    def refused(self) -> str:
        return self.err.decode()


Capsulier = Callable[..., Ended]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("cli") / "data", CAPSULIER_MAX_PACKAGE_BYTES="150000000") as running:
        yield running


@pytest.fixture
def capsulier(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Capsulier:
    """Run a command on the server's machine, in this process: starting Python each time would be most of the test."""
    monkeypatch.setenv("CAPSULIER_DATA_DIR", str(server.data_dir))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    # The server's logging is set up in this process, too, and httpx tells of every request.
    logging.getLogger("httpx").setLevel(logging.WARNING)

    def call(*arguments: str | int | Path) -> Ended:
        capfdbinary.readouterr()
        code = run([str(each) for each in arguments], OPERATIONS, operate)
        return Ended(code, *capfdbinary.readouterr())

    return call


@pytest.fixture
def start(server: Server) -> Callable[..., subprocess.Popen[bytes]]:
    """Start a command as a process of its own."""

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "capsulier", *arguments],
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return begin


@pytest.fixture
def name() -> str:
    """A job's name that no other test uses."""
    return f"nightly {next(_numbers)}"


@pytest.fixture
def job(capsulier: Capsulier, name: str) -> Callable[..., str]:
    """Make a job in Bash; its name."""

    def make(command: str, *options: str) -> str:
        made = capsulier("create", name, "--capsule", "bash", "--command", command, *options)
        assert made.code == 0, made.refused
        return name

    return make
