"""10,000 jobs and 1,000,000 executions beside 100 jobs and 1,000 executions, in the same minutes: pages and lists, on
SQLite and on PostgreSQL."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.bench.measure import Measure, ms, p95
from tests.conftest import start_postgresql
from tests.servers import Server, serving

_SMALL = ("--jobs", "100", "--executions", "1000", "--schedules", "10")
_ROUNDS = 21
_MOST_S = 0.15
"""For any of them, on a quiet machine."""
_ADDRESSES = {
    "board": "/",
    "board as a table": "/?view=table",
    "search": "/?search=orders",
    "filter": "/?status=failed",
    "a job's page": "/jobs/2",
    "a job's executions": "/jobs/2/executions",
    "a job's fires": "/jobs/2/fires",
    "an execution's log": "/executions/{last}",
    "Activity": "/activity",
    "Activity, 7 days": "/activity?zoom=7d",
    "Activity, by capsule": "/activity?by=capsule",
    "fires that did not run": "/activity?part=fires&fires=not",
    "palette": "/palette?q=orders",
    "platforms": "/administration/platforms",
    "capsules and engines": "/administration/capsules",
    "alerts": "/administration/alerts",
    "audit trail": "/administration/audit",
    "system": "/administration/system",
    "API: jobs": "/api/v2/jobs",
    "API: jobs searched": "/api/v2/jobs?search=orders",
    "API: executions": "/api/v2/executions",
    "API: what runs": "/api/v2/executions?state=running",
    "API: what failed": "/api/v2/executions?state=failed",
    "API: a job's executions": "/api/v2/jobs/2/executions",
    "API: a job's fires": "/api/v2/jobs/2/fires",
    "metrics": "/metrics",
}


def measure(directory: Path) -> Iterator[Measure]:
    if "CAPSULIER_DATABASE" in os.environ:
        yield from _measure(directory, "of that database")
        return
    yield from _measure(directory / "sqlite", "SQLite")
    os.environ["CAPSULIER_DATABASE"] = start_postgresql()
    try:
        yield from _measure(directory / "postgresql", "PostgreSQL")
    finally:
        del os.environ["CAPSULIER_DATABASE"]


def _measure(directory: Path, database: str) -> Iterator[Measure]:
    with ExitStack() as opened:
        small, large = (
            _reader(opened, opened.enter_context(serving(directory / name, "web", "--port", "0")), options)
            for name, options in (("small", _SMALL), ("large", ()))
        )
        last = [api.get("/api/v2/jobs/2").json()["last_execution"]["id"] for api in (small, large)]
        slowest_s, slowest = 0.0, ""
        for words, address in _ADDRESSES.items():
            beside, ours = [], []
            for each in range(_ROUNDS + 2):
                times = [_ask(api, address.format(last=at)) for api, at in zip((small, large), last, strict=True)]
                if each >= 2:
                    beside.append(times[0])
                    ours.append(times[1])
            slowest_s, slowest = max((slowest_s, slowest), (p95(ours), words))
            yield Measure(
                f"1,000,000 executions, {database}: {words}, p95",
                ms(p95(ours)),
                f"1,000: {ms(p95(beside))}",
                p95(beside) / p95(ours),
                1 / 3,
            )
        name = f"1,000,000 executions, {database}: the slowest, p95"
        yield Measure(name, f"{slowest} {ms(slowest_s)}", ms(_MOST_S), _MOST_S / slowest_s, 1.0)


def _reader(opened: ExitStack, server: Server, options: tuple[str, ...]) -> httpx.Client:
    """Signed in, of an installation filled by `capsulier demo --scale`."""
    demo = [sys.executable, "-m", "capsulier", "demo", "--scale", *options]
    subprocess.run(demo, env=server.environment, check=True, capture_output=True)
    reader = opened.enter_context(httpx.Client(base_url=server.url, timeout=60, follow_redirects=True))
    page = reader.get(server.sign_in_link()).raise_for_status()
    form = {"csrfmiddlewaretoken": reader.cookies.get("csrftoken", "")}
    reader.post(page.url, data=form, headers={"Referer": str(page.url)})
    reader.headers["Authorization"] = f"Bearer {server.key}"
    return reader


def _ask(reader: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    answer = reader.get(address).raise_for_status()
    took = time.perf_counter() - began
    assert "/sign-in" not in str(answer.url), "not signed in"
    return took
