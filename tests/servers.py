"""A real server of the product, in processes of its own, for tests that use it as people and programs do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.databases import new_database

T = TypeVar("T")


def until(look: Callable[[], T], *, within_s: float = 60.0, what: str = "", every_s: float = 0.02) -> T:
    """The first true answer of `look`. Fails after the deadline, with what was seen last."""
    deadline = time.monotonic() + within_s
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {within_s} s: {what or look}; last seen: {answer!r}")
        time.sleep(every_s)


@dataclass
class Server:
    """`capsulier serve` (or one of its parts) over a data directory."""

    data_dir: Path
    environment: dict[str, str]
    command: list[str] = field(default_factory=lambda: ["serve", "--port", "0"])
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        with (self.data_dir / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "capsulier", *self.command],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def ready(self) -> "Server":
        try:
            until(self._answers)
        except AssertionError as error:
            raise AssertionError(f"The server is not ready:\n{self.log()[-3000:]}") from error
        return self

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/sign-in").status_code == 200
        except (OSError, KeyError, ValueError, httpx.HTTPError):
            return False

    def log(self) -> str:
        path = self.data_dir / "server.log"
        return path.read_text() if path.exists() else ""

    @property
    def url(self) -> str:
        return str(json.loads((self.data_dir / "run" / "web.json").read_text())["url"])

    @property
    def key(self) -> str:
        return (self.data_dir / "local_key").read_text()

    def api(self, **headers: str) -> httpx.Client:
        """A client of the API, signed in as a command on this machine is."""
        return httpx.Client(
            base_url=f"{self.url}/api/v2", headers={"Authorization": f"Bearer {self.key}", **headers}, timeout=30
        )

    def sign_in_link(self) -> str:
        printed = subprocess.run(
            [sys.executable, "-m", "capsulier", "login-link"],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return printed.stdout.strip()

    def pids(self, part: str) -> list[int]:
        """The processes of one part: web, conductor."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
                environment = (path.parent / "environ").read_bytes()
            except OSError:
                continue
            mine = f"CAPSULIER_DATA_DIR={self.data_dir}".encode() in environment.split(b"\0")
            if b"capsulier" in words and part.encode() in words and mine:
                found.append(int(path.parent.name))
        return found

    def kill(self, part: str, number: int = signal.SIGKILL) -> None:
        for pid in self.pids(part):
            os.kill(pid, number)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the server; what it has started goes on."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    def wait_for_end(self, client: httpx.Client, execution_id: int, *, within_s: float = 60.0) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            execution: dict[str, Any] = client.get(f"/executions/{execution_id}").raise_for_status().json()
            return execution if execution["ended_at"] else None

        ended = until(look, within_s=within_s, what=f"the end of execution {execution_id}")
        assert ended is not None
        return ended


@contextmanager
def serving(data_dir: Path, *command: str, **environment: str) -> Iterator[Server]:
    """A running server, ready to answer; ended afterwards, with everything that it started."""
    data_dir.mkdir(parents=True, exist_ok=True)
    left_out = ("CAPSULIER_", "PYTHONDONTWRITEBYTECODE")  # what was compiled once is not compiled at every start
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    own |= {"CAPSULIER_DATA_DIR": str(data_dir), **environment}
    with new_database() as url:
        if url:
            own.setdefault("CAPSULIER_DATABASE", url)
        server = Server(data_dir, own, *([list(command)] if command else []))
        try:
            yield server.start().ready()
        finally:
            server.stop()
            end_all_of(data_dir)


def end_all_of(data_dir: Path) -> None:
    """Kill what carries this data directory in its environment or command line: the programs of executions."""
    mark = str(data_dir).encode()
    for path in Path("/proc").glob("[0-9]*"):
        if int(path.name) == os.getpid():
            continue
        try:
            told = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
            if mark in told or mark in str((path / "cwd").readlink()).encode():
                os.kill(int(path.name), signal.SIGKILL)
        except OSError:
            continue
