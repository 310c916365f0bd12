"""10,000 jobs and 1,000,000 executions beside 100 jobs and 1,000 executions, in the same minutes: pages and lists."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.bench.measure import Measure, ms, p95
from tests.servers import Server, serving

_SMALL = ("--jobs", "100", "--executions", "1000", "--schedules", "10")
_ROUNDS = 21
_ADDRESSES = {
    "board": "/",
    "board as a table": "/?view=table",
    "search": "/?search=orders",
    "a job's page": "/jobs/2",
    "a job's executions": "/jobs/2/executions",
    "an execution's log": "/executions/{last}",
    "Activity": "/activity",
    "API: jobs": "/api/v2/jobs",
    "API: executions": "/api/v2/executions",
    "API: what runs": "/api/v2/executions?state=running",
    "API: what failed": "/api/v2/executions?state=failed",
    "API: a job's fires": "/api/v2/jobs/2/fires",
}


def measure(directory: Path) -> Iterator[Measure]:
    with ExitStack() as opened:
        small, large = (
            _reader(opened, opened.enter_context(serving(directory / name, "web", "--port", "0")), options)
            for name, options in (("small", _SMALL), ("large", ()))
        )
        last = [api.get("/api/v2/jobs/2").json()["last_execution"]["id"] for api in (small, large)]
        for words, address in _ADDRESSES.items():
            beside, ours = [], []
            for each in range(_ROUNDS + 2):
                times = [_ask(api, address.format(last=at)) for api, at in zip((small, large), last, strict=True)]
                if each >= 2:
                    beside.append(times[0])
                    ours.append(times[1])
            ratio = p95(beside) / p95(ours)
            yield Measure(
                f"1,000,000 executions: {words}, p95", ms(p95(ours)), f"1,000: {ms(p95(beside))}", ratio, 1 / 3
            )


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
    assert "/sign-in" not in str(answer.url), "not signed in"
    return time.perf_counter() - began
