"""A program that writes 1 GB to its standard output: what it costs it, and what it costs us."""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.bench.measure import Measure, cpu_s, make_job, p50, processes
from tests.servers import Server

_COMMAND = "head -c 1000000000 /dev/zero"
_ROUNDS = 3


def measure(server: Server) -> Iterator[Measure]:
    job_id = make_job(server, _COMMAND)
    plain, ours, share = [], [], []
    for _ in range(_ROUNDS):
        plain.append(_redirected(server.data_dir / "plain"))
        used, began = cpu_s(processes(server)), time.monotonic()
        with server.api() as api:
            execution = api.post(f"/jobs/{job_id}/run").raise_for_status().json()
            time.sleep(plain[-1])  # asking meanwhile would be measured
            ended = server.wait_for_end(api, execution["id"], within_s=60)
        share.append((cpu_s(processes(server)) - used) / (time.monotonic() - began))
        began_at, ended_at = (datetime.fromisoformat(ended[name]) for name in ("started_at", "ended_at"))
        ours.append((ended_at - began_at).total_seconds())
    beside = f"redirected {p50(plain):.2f} s"
    yield Measure("1 GB to stdout, time of the program", f"{p50(ours):.2f} s", beside, p50(plain) / p50(ours), None)
    yield Measure("1 GB to stdout, our share of a core", f"{p50(share):.1%}", "2 %", 0.02 / max(p50(share), 1e-9), 1.0)


def _redirected(path: Path) -> float:
    began = time.monotonic()
    with path.open("wb") as file:
        subprocess.run(["sh", "-c", _COMMAND], stdout=file, check=True)
    took = time.monotonic() - began
    path.unlink()
    return took
