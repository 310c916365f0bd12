"""What a measurement is, and the small arithmetic on samples."""

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.servers import Server, until

T = TypeVar("T")


@dataclass(frozen=True)
class Measure:
    """One figure of ours beside one measured in the same minute, and what their ratio should be."""

    name: str
    ours: str
    beside: str = ""
    ratio: float | None = None
    """The larger the better: ours / beside for rates, beside / ours for times. None: it stands beside nothing."""
    wanted: float | None = None
    """What the ratio should at least be; None where the figure is only reported."""


def p50(samples: list[float]) -> float:
    return statistics.median(samples)


def p95(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=20)[-1]


def p99(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=100)[-1]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def memory_pss_mb(pids: list[int]) -> float:
    """Proportional set size of these processes together."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1000


def cpu_s(pids: list[int]) -> float:
    """Processor time that the threads of these processes have used so far, to the nanosecond."""
    threads = (thread for pid in pids for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def processes(server: Server) -> list[int]:
    """All of ours: supervisor, web, conductor."""
    assert server.process is not None
    return [server.process.pid, *server.pids("web"), *server.pids("conductor")]


def make_job(server: Server, command: str, **more: object) -> int:
    """A bash job; its id."""
    with server.api() as api:
        name = f"{command[:20]} {len(until(lambda: api.get('/jobs').json()['items'] or [None]))}"
        job = api.post("/jobs", json={"name": name, "capsule": "bash", "command": command, **more})
        return int(job.raise_for_status().json()["id"])
