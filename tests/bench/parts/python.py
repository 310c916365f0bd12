"""What the python capsule, with its environment made, adds to `sh -c` of the same interpreter: each run of ours is set
beside a plain one of the same moment, and the difference counts."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.archives import wheel_of, zip_of
from tests.bench.measure import Measure, ms, p50, p95
from tests.servers import Server, serving

_RUNS = 40
_MOST_S = 0.025
_MAIN = "import time; now = time.time_ns(); import sys; print(now, sys.executable)"


def measure(directory: Path) -> Iterator[Measure]:
    package = directory / "told.zip"
    with serving(directory / "data", UV_OFFLINE="1") as server, server.api() as api:
        package.write_bytes(_package())
        job_id = _make_job(api, package)
        _, interpreter = _run(server, api, job_id)  # makes the environment
        plain, added = [], []
        for each in range(_RUNS + 5):
            plain_s, (ours_s, _) = _spawn(interpreter, package), _run(server, api, job_id)
            if each >= 5:  # the first ones fill caches
                plain.append(plain_s)
                added.append(ours_s - plain_s)
    for name, of in (("p50", p50), ("p95", p95)):
        beside = f"{ms(_MOST_S)} on {ms(of(plain))}"
        yield Measure(f"python capsule over sh -c, {name}", ms(of(added)), beside, _MOST_S / of(added), 1.0)


def _package() -> bytes:
    """A program with a requirement, which lies beside it: so it has an environment, and needs no index."""
    name, wheel = wheel_of("told", "1.0", {"told.py": ""})
    return zip_of({"__main__.py": _MAIN, "requirements.txt": f"./{name}\n", name: wheel})


def _make_job(api: httpx.Client, package: Path) -> int:
    uploaded = api.post("/packages", files={"file": (package.name, package.read_bytes())}).raise_for_status().json()
    job = {"name": "told", "capsule": "python", "command": "python {file}", "package": uploaded["id"]}
    return int(api.post("/jobs", json=job).raise_for_status().json()["id"])


def _spawn(interpreter: str, package: Path) -> float:
    began = time.time_ns()
    told = subprocess.run(["sh", "-c", f"{interpreter} {package}"], check=True, capture_output=True, text=True).stdout
    return (int(told.split()[0]) - began) / 1e9


def _run(server: Server, api: httpx.Client, job_id: int) -> tuple[float, str]:
    """How long until the program said its first word, and the interpreter that it ran in."""
    began = time.time_ns()
    execution = api.post(f"/jobs/{job_id}/run").raise_for_status().json()
    server.wait_for_end(api, execution["id"], within_s=60)
    told = api.get(f"/executions/{execution['id']}/logs/stdout").raise_for_status().text
    now, interpreter = told.split()
    return (int(now) - began) / 1e9, interpreter
