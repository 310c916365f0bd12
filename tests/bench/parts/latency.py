"""From "run" to the program's first instruction, on an idle system."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.bench.measure import Measure, make_job, ms, p50, p95
from tests.servers import Server, serving

_RUNS = 60
_SETTLED_S = 0.05
"""Before we ask how it went: while somebody asks without a pause, no system of two processors is idle."""
_FIRST_INSTRUCTION = "exec date +%s%N"
"""A program that says when it began, for us and for the plain spawn alike."""


def measure(directory: Path) -> Iterator[Measure]:
    ours, plain = [], []
    with serving(directory) as server, server.api() as api, closing(_connect(server)) as connection:
        job_id = make_job(server, _FIRST_INSTRUCTION)
        for each in range(_RUNS + 5):
            plain_s, ours_s = _spawn(), _run(server, api, connection, job_id)
            if each >= 5:  # the first ones fill caches
                plain.append(plain_s)
                ours.append(ours_s)
    for name, of, wanted in (("p50", p50, 1 / 8), ("p95", p95, None)):
        beside = f"plain sh {ms(of(plain))}"
        yield Measure(f"run → first instruction, {name}", ms(of(ours)), beside, of(plain) / of(ours), wanted)


def _spawn() -> float:
    began = time.time_ns()
    told = subprocess.run(["sh", "-c", _FIRST_INSTRUCTION], check=True, capture_output=True).stdout
    return (int(told) - began) / 1e9


def _connect(server: Server) -> HTTPConnection:
    """A client that takes no time to speak of: httpx takes 1 ms to send a request."""
    return HTTPConnection(urlsplit(server.url).netloc)


def _run(server: Server, api: httpx.Client, connection: HTTPConnection, job_id: int) -> float:
    began = time.time_ns()
    connection.request("POST", f"/api/v2/jobs/{job_id}/run", headers={"Authorization": f"Bearer {server.key}"})
    execution = json.loads(connection.getresponse().read())
    time.sleep(_SETTLED_S)
    server.wait_for_end(api, execution["id"])
    told = api.get(f"/executions/{execution['id']}/logs/stdout").raise_for_status().content
    return (int(told) - began) / 1e9
