"""How soon it is ready, and what it takes while nothing happens."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.bench.measure import Measure, cpu_s, make_job, memory_pss_mb, processes
from tests.servers import serving

_IDLE_S = 20


def measure(directory: Path) -> Iterator[Measure]:
    """Of a server over an existing data directory: it is started twice."""
    with serving(directory) as server:
        make_job(server, "/bin/true")
        server.stop()
        (server.data_dir / "run" / "web.json").unlink(missing_ok=True)
        began = time.monotonic()
        server.start().ready()
        ready_s = time.monotonic() - began
        httpx.get(f"{server.url}/sign-in").raise_for_status()
        time.sleep(5)  # the first moments of the conductor are no idling
        used = cpu_s(processes(server))
        time.sleep(_IDLE_S)
        idle = (cpu_s(processes(server)) - used) / _IDLE_S
        memory_mb = memory_pss_mb(processes(server))
    yield Measure("ready to answer", f"{ready_s:.2f} s", "3 s", 3 / ready_s, 1.0)
    yield Measure("memory of all processes, idle (PSS)", f"{memory_mb:.0f} MB", "250 MB", 250 / memory_mb, 1.0)
    yield Measure("processor while idle", f"{idle:.2%} of a core", "1 %", 0.01 / max(idle, 1e-9), 1.0)
