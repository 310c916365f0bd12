"""2,000 executions of /bin/true waiting in the queue, then run with 8 at once, beside what xargs does."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.measure import Measure, make_job
from tests.servers import serving, until

_EXECUTIONS = 2000


def measure(directory: Path) -> Iterator[Measure]:
    with serving(directory, "web", "--port", "0", CAPSULIER_MAX_RUNNING="8") as server:
        job_id = make_job(server, "/bin/true")
        with server.api() as api:
            accepted = _rate(lambda: api.post(f"/jobs/{job_id}/run").raise_for_status())
            empty = _rate(lambda: api.get("/nothing"))
            before = _xargs()
            conductor = subprocess.Popen([sys.executable, "-m", "capsulier", "conductor"], env=server.environment)
            until(lambda: api.get(f"/jobs/{job_id}").json()["status"] == "success", within_s=120, every_s=1.0)
            conductor.terminate()
            conductor.wait()
            after = _xargs()
            executions: list[dict[str, Any]] = []
            page: dict[str, Any] = {"next": ""}
            while page["next"] is not None:
                at = {"page": page["next"]} if page["next"] else {}
                page = api.get(f"/jobs/{job_id}/executions", params={"size": 200, **at}).json()
                executions += page["items"]
    assert len(executions) == _EXECUTIONS
    assert {each["state"] for each in executions} == {"success"}
    first = min(datetime.fromisoformat(each["pending_at"]) for each in executions)
    last = max(datetime.fromisoformat(each["ended_at"]) for each in executions)
    ours, xargs = _EXECUTIONS / (last - first).total_seconds(), (before + after) / 2
    yield Measure("2,000 × /bin/true, 8 at once", f"{ours:.0f}/s", f"xargs {xargs:.0f}/s", ours / xargs, 0.5)
    beside = f"an empty answer {empty:.0f}/s"
    yield Measure("runs accepted by the API, one client", f"{accepted:.0f}/s", beside, accepted / empty)


def _rate(call: Callable[[], object]) -> float:
    """How many such calls, one after the other, are answered in a second."""
    began = time.monotonic()
    for _ in range(_EXECUTIONS):
        call()
    return _EXECUTIONS / (time.monotonic() - began)


def _xargs() -> float:
    began = time.monotonic()
    subprocess.run(f"seq {_EXECUTIONS} | xargs -P8 -I{{}} sh -c '/bin/true >/dev/null'", shell=True, check=True)
    return _EXECUTIONS / (time.monotonic() - began)
