"""1,000 jobs due at the same second."""

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.bench.measure import Measure, ms, p50, p99
from tests.servers import serving, until

_JOBS = 1000
_AT_ONCE = 32


def measure(directory: Path) -> Iterator[Measure]:
    with serving(directory, CAPSULIER_MAX_RUNNING=str(_AT_ONCE)) as server, server.api() as api:
        jobs, due = _make_jobs(api)
        until(lambda: datetime.now(UTC) > due, within_s=600)
        # Asked seldom, and of all at once: asking is work for the server too.
        until(lambda: _count(api, "success") == _JOBS, within_s=180, every_s=1.0, what="1,000 successes")
        started = [_only_start(api, job_id) for job_id in jobs]
    late = [(each - due).total_seconds() for each in started]
    beside = _xargs()
    for name, of, part in (("p50", p50, 0.5), ("p99", p99, 0.99)):
        words = f"xargs {ms(beside * part)}"
        yield Measure(f"1,000 due at one second: lateness, {name}", ms(of(late)), words, beside * part / of(late))


def _make_jobs(api: httpx.Client) -> tuple[list[int], datetime]:
    """Their ids, and when they are due: in four times as long as it took to make them, which setting that may take."""
    began = time.monotonic()
    jobs = [_make(api, number) for number in range(_JOBS)]
    took_s = time.monotonic() - began
    due = (datetime.now(UTC) + timedelta(seconds=10 + 4 * took_s)).replace(microsecond=0)
    for job_id in jobs:
        schedule = {"repeat": f"R1/{due:%Y-%m-%dT%H:%M:%S}/P1D", "timezone": "UTC"}
        api.patch(f"/jobs/{job_id}", json={"schedule": schedule}).raise_for_status()
    assert datetime.now(UTC) < due, "setting the schedules took too long"
    return jobs, due


def _make(api: httpx.Client, number: int) -> int:
    body = {"name": f"due {number}", "capsule": "bash", "command": "/bin/true"}
    return int(api.post("/jobs", json=body).raise_for_status().json()["id"])


def _count(api: httpx.Client, status: str) -> int:
    return int(api.get("/jobs", params={"status": status, "size": 1}).raise_for_status().json()["total"])


def _only_start(api: httpx.Client, job_id: int) -> datetime:
    """When its one execution began. None lost, none doubled, one fire."""
    [execution] = api.get(f"/jobs/{job_id}/executions").raise_for_status().json()["items"]
    [fire] = api.get(f"/jobs/{job_id}/fires").raise_for_status().json()["items"]
    assert (execution["state"], fire["execution_id"]) == ("success", execution["id"])
    return datetime.fromisoformat(execution["started_at"])


def _xargs() -> float:
    """How long it takes to run as many, as many at once, with no record of them."""
    began = time.monotonic()
    command = f"seq {_JOBS} | xargs -P{_AT_ONCE} -I{{}} sh -c '/bin/true >/dev/null'"
    subprocess.run(command, shell=True, check=True)
    return time.monotonic() - began
