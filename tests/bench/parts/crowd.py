"""Many at once: 1,000 executions that run, 200 schedules due in one second, and memory under a steady load.

CAPSULIER_BENCH_MINUTES says how long the load lasts (default: 2; the figure in the docs is of 60).
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.bench.measure import Measure, cpu_s, make_job, memory_pss_mb, ms
from tests.servers import Server, serving, until

_MINUTES = float(os.environ.get("CAPSULIER_BENCH_MINUTES", "2"))
_AT_ONCE = 1000
_DUE = 200
_A_SECOND = 100
_WATCHED_S = 10


def measure(directory: Path) -> Iterator[Measure]:
    with serving(directory, CAPSULIER_MAX_RUNNING=str(_AT_ONCE)) as server, server.api() as api:
        yield from _due(server, api)
        yield from _at_once(server, api)
        yield from _steady(server, api)  # last: an hour of it leaves the janitor 300,000 directories to measure


def _at_once(server: Server, api: httpx.Client) -> Iterator[Measure]:
    job_id = make_job(server, "sleep 600")
    before, began = memory_pss_mb(server.pids("conductor")), time.monotonic()
    for _ in range(_AT_ONCE):
        api.post(f"/jobs/{job_id}/run").raise_for_status()
    until(lambda: api.get("/totals").json()[0]["running"] == _AT_ONCE, within_s=120, every_s=0.2)
    yield Measure(f"{_AT_ONCE:,} run at once, after", f"{time.monotonic() - began:.1f} s")
    grown = memory_pss_mb(server.pids("conductor")) - before
    yield Measure("memory of the conductor for them", f"{grown:.0f} MB")
    used = cpu_s(server.pids("conductor"))
    time.sleep(_WATCHED_S)
    share = (cpu_s(server.pids("conductor")) - used) / _WATCHED_S
    yield Measure("watching them", f"{share:.1%} of a core", "10 %", 0.1 / share, 1.0)
    api.post(f"/jobs/{job_id}/stop", json={"force": True}).raise_for_status()
    until(lambda: api.get("/totals").json()[0]["running"] == 0, within_s=120, every_s=0.2)


def _due(server: Server, api: httpx.Client) -> Iterator[Measure]:
    due = (datetime.now(UTC) + timedelta(seconds=30)).replace(microsecond=0)
    schedule = {"repeat": f"R1/{due:%Y-%m-%dT%H:%M:%S}/P1D", "timezone": "UTC"}
    for number in range(_DUE):
        body = {"name": f"due {number}", "capsule": "bash", "command": "true", "schedule": schedule}
        api.post("/jobs", json=body).raise_for_status()
    assert datetime.now(UTC) < due, "making the jobs took too long"
    until(lambda: api.get("/totals").json()[0]["successes"] == _DUE, within_s=120, every_s=0.2)
    page = api.get("/executions", params={"size": _DUE}).json()["items"]
    latest = max((datetime.fromisoformat(each["started_at"]) - due).total_seconds() for each in page)
    yield Measure(f"{_DUE} due in one second: the last one begins after", ms(latest), "2 s", 2 / latest, 1.0)


def _steady(server: Server, api: httpx.Client) -> Iterator[Measure]:
    """Memory at the end beside that after a quarter of the time, when all caches are full."""
    job_id = make_job(server, "true")
    ended_before = api.get("/totals").json()[0]["successes"]
    began, started, early = time.monotonic(), 0, 0.0
    while (passed := time.monotonic() - began) < _MINUTES * 60:
        if started < passed * _A_SECOND:
            api.post(f"/jobs/{job_id}/run").raise_for_status()
            started += 1
        else:
            time.sleep(0.002)
        if not early and passed > _MINUTES * 15:
            early = _memory_mb(server)
    late = _memory_mb(server)
    ended = api.get("/totals").json()[0]["successes"] - ended_before
    rate = ended / (_MINUTES * 60)
    yield Measure(f"executions ended over {_MINUTES:g} min, of {_A_SECOND}/s asked", f"{rate:.0f}/s")
    yield Measure("memory at its end", f"{late:.0f} MB", f"after a quarter {early:.0f} MB", early / late, 0.9)
    until(lambda: api.get("/totals").json()[0]["queued"] == 0, within_s=120, every_s=0.5)


def _memory_mb(server: Server) -> float:
    return memory_pss_mb([*server.pids("web"), *server.pids("conductor")])
