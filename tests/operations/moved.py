"""Installations with a history, and commands that act on them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.databases import new_database
from tests.servers import Server, serving

TALK = 'i=0; while [ $i -lt 300 ]; do echo "line $i of $CAPSULIER_JOB_EXECUTION"; i=$((i+1)); done; exit {code}'


@dataclass
class Place:
    """A data directory and a database."""

    data_dir: Path
    database: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._words(words), env=self.all_variables(), check=False, capture_output=True, text=True)

    def kill(self, after_s: float, *words: str | Path) -> bool:
        """Start it and kill it; whether it was still at work."""
        with subprocess.Popen(self._words(words), env=self.all_variables(), stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(after_s)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                return True
            return False

    @contextmanager
    def served(self) -> Iterator[Server]:
        with serving(self.data_dir, **self._own()) as server:
            yield server

    def _words(self, words: tuple[str | Path, ...]) -> list[str]:
        return [sys.executable, "-m", "capsulier", *map(str, words)]

    def _own(self) -> dict[str, str]:
        database = self.database or f"sqlite:///{self.data_dir / 'capsulier.sqlite3'}"
        return {"CAPSULIER_DATABASE": database, **self.environment}

    def all_variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CAPSULIER_")}
        return kept | {"CAPSULIER_DATA_DIR": str(self.data_dir), **self._own()}


@contextmanager
def new_place(data_dir: Path, *, sqlite: bool = False) -> Iterator[Place]:
    """An empty one, on the database of this run."""
    with new_database() as url:
        yield Place(data_dir, "" if sqlite else url)


def make_history(server: Server, api: httpx.Client) -> None:
    """A job with a package that succeeded and failed, and one with a schedule."""
    uploaded = api.post("/packages", files={"file": ("data.csv", b"one,two\n" * 1000)}).raise_for_status().json()
    body = {"name": "nightly – “ü”", "capsule": "bash", "command": TALK.format(code=0), "keep_days": 30}
    job = api.post("/jobs", json=body).raise_for_status().json()["id"]
    ends = [server.wait_for_end(api, run(api, job)) for _ in range(2)]
    change = {"command": TALK.format(code=3), "note": "fails", "package": uploaded["id"]}
    answer = api.post(f"/jobs/{job}/versions", json=change)
    if answer.status_code == 422:  # the capsule takes no such file: the package waits for another job
        del change["package"]
        answer = api.post(f"/jobs/{job}/versions", json=change)
    answer.raise_for_status()
    ends.append(server.wait_for_end(api, run(api, job)))
    assert [each["exit_code"] for each in ends] == [0, 0, 3]
    schedule = {"cron": "0 8 * * 1-5", "timezone": "Europe/Paris"}
    api.post("/jobs", json={"name": "weekdays", "capsule": "bash", "command": "true", "schedule": schedule})


def run(api: httpx.Client, job_id: int) -> int:
    return int(api.post(f"/jobs/{job_id}/run").raise_for_status().json()["id"])


def all_jobs(api: httpx.Client) -> dict[str, Any]:
    """What the API says of all jobs, but for what changes by itself."""
    found = [api.get(f"/jobs/{each['id']}").json() for each in api.get("/jobs").json()["items"]]
    return {each["name"]: each | {"next_fire_at": None, "last_execution": None} for each in found}


def ended(api: httpx.Client) -> dict[int, dict[str, Any]]:
    """The executions that have ended, by id, each with its logs."""
    found, page = dict[int, dict[str, Any]](), None
    while True:
        parameters = {"size": 200} | ({"page": page} if page else {})
        answer = api.get("/executions", params=parameters).raise_for_status().json()
        for each in answer["items"]:
            if each["ended_at"]:
                each["log"] = api.get(f"/executions/{each['id']}/logs/stdout").content
                found[each["id"]] = each
        page = answer["next"]
        if page is None:
            return found
