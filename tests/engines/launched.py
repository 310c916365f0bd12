"""Launchers as real processes, over a real web process, with no scheduler: what every cluster's engine is built on."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet

from capsulier.core.keys import key_of
from capsulier.core.launch import Launch
from capsulier.engines.launcher.desk import Desk, Report
from capsulier.engines.launcher.script import batch_script
from tests.servers import Server, serving, until


class Web:
    """A web process that can be killed and comes back at the same address."""

    def __init__(self, server: Server, key: str) -> None:
        self.server = server
        self.root = server.data_dir / "executions"
        self.address = server.url
        self._key = key

    def seal(self, launch: Launch) -> str:
        return Fernet(self._key).encrypt(json.dumps(launch.as_json()).encode()).decode()

    def url_of(self, launch: Launch) -> str:
        return f"{self.address}/api/v2/placements/{launch.execution_id}/{launch.placement}"

    def kill(self) -> None:
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()

    def come_back(self) -> None:
        self.server.start().ready()


@contextmanager
def web(data_dir: Path) -> Iterator[Web]:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    key = key_of(os.urandom(32))
    with serving(data_dir, "web", "--port", str(port), CAPSULIER_SECRETS_KEY=key) as server:
        yield Web(server, key)


class Launched:
    """A placement that was handed over, and the launchers that were started for it."""

    def __init__(self, web: Web, launch: Launch) -> None:
        self.web, self.launch = web, launch
        self.desk = Desk(web.root, launch.name)
        self.token = self.desk.hand_over(web.seal(launch))
        self.node_dir = Path(tempfile.mkdtemp(prefix="capsulier-node-"))
        self.launchers: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """As a scheduler starts its script."""
        script = batch_script(self.web.url_of(self.launch), self.token, directory=str(self.node_dir))
        process = subprocess.Popen(
            ["/bin/sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        )
        assert process.stdin is not None
        process.stdin.write(script.encode())
        process.stdin.close()
        self.launchers.append(process)
        return process

    def report(self, *, within_s: float = 60.0) -> Report:
        found = until(self.desk.report, within_s=within_s, what=f"the report of {self.launch.name}")
        assert found is not None
        return found

    def log(self, stream: str) -> bytes:
        path = self.desk.directory / f"{stream}.log"
        return path.read_bytes() if path.exists() else b""

    def ask(self, method: str, path: str, *, token: str | None = None, **what: Any) -> httpx.Response:
        """As a launcher asks."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return httpx.request(method, self.web.url_of(self.launch) + path, headers=headers, **what)

    def claim(self, claimant: str = "a" * 32, *, token: str | None = None) -> httpx.Response:
        return self.ask("POST", "/claim", token=token, json={"claimant": claimant, "node": "n1"})

    def beat(self, *parts: bytes, token: str | None = None, **head: Any) -> httpx.Response:
        body = json.dumps(head).encode() + b"\n" + b"".join(parts)
        return self.ask("POST", "/beat", token=token, content=body)

    def end_all(self) -> None:
        """Kill what is left of it, and leave nothing on the disk."""
        for process in self.launchers:
            process.kill()
            process.wait()
        mark = str(self.node_dir).encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if b"CAPSULIER_PLACEMENT=" + mark in path.read_bytes():
                    os.kill(int(path.parent.name), signal.SIGKILL)
            except OSError:
                continue
        shutil.rmtree(self.node_dir, ignore_errors=True)
