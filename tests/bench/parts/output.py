"""A program that writes 1 GB to its standard output: what it costs it, and what it costs us."""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx

from tests.bench.measure import Measure, cpu_s, make_job, p50, processes
from tests.servers import Server, serving, until

_BYTES = 1_000_000_000
_COMMAND = f"(readlink /proc/$$/fd/1) >&2; head -c {_BYTES} /dev/zero"
_ROUNDS = 5


def measure(directory: Path) -> Iterator[Measure]:
    with serving(directory) as server, server.api() as api:
        job_id = make_job(server, _COMMAND)
        plain, ours, share = [], [], []
        for _ in range(_ROUNDS):
            plain.append(_redirected(directory / "plain"))
            took_s, used_s = _run(server, api, job_id)
            ours.append(took_s)
            share.append(used_s / took_s)
    beside = f"redirected {p50(plain):.2f} s"
    yield Measure("1 GB to stdout, time of the program", f"{p50(ours):.2f} s", beside, p50(plain) / p50(ours))
    yield Measure("1 GB to stdout, our share of a core", f"{p50(share):.1%}", "2 %", 0.02 / max(p50(share), 1e-9), 1.0)


def _redirected(path: Path) -> float:
    began = time.monotonic()
    with path.open("wb") as file:
        subprocess.run(["sh", "-c", _COMMAND], stdout=file, stderr=subprocess.DEVNULL, check=True)
    took = time.monotonic() - began
    path.unlink()
    return took


def _run(server: Server, api: httpx.Client, job_id: int) -> tuple[float, float]:
    """How long the program took, and the processor time that we used from its first byte to its last."""
    execution = api.post(f"/jobs/{job_id}/run").raise_for_status().json()
    ours = processes(server)
    [log] = until(lambda: list((server.data_dir / "executions").glob(f"*/{execution['id']}-1/stdout.log")))
    until(lambda: log.stat().st_size, every_s=0.001)
    used = cpu_s(ours)
    until(lambda: log.stat().st_size == _BYTES, within_s=120)
    used = cpu_s(ours) - used
    ended = server.wait_for_end(api, execution["id"], within_s=60)
    told = api.get(f"/executions/{execution['id']}/logs/stderr").raise_for_status().text
    assert told.strip() == str(log.resolve()), f"its descriptor 1 is not the log file: {told}"
    log.unlink()  # of 5 GB, four would be in the way
    began_at, ended_at = (datetime.fromisoformat(ended[name]) for name in ("started_at", "ended_at"))
    return (ended_at - began_at).total_seconds(), used
