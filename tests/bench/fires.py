"""1,000 jobs due at the same second."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.bench.measure import Measure, ms, p50, p99
from tests.servers import Server, until

_JOBS = 1000


def measure(server: Server) -> Iterator[Measure]:
    with server.api() as api:
        due = (datetime.now(UTC) + timedelta(seconds=45)).replace(microsecond=0)
        repeat = f"R1/{due:%Y-%m-%dT%H:%M:%S}/P1D"
        body = {"capsule": "bash", "command": "/bin/true", "schedule": {"repeat": repeat, "timezone": "UTC"}}
        jobs = []
        for number in range(_JOBS):
            jobs.append(api.post("/jobs", json={"name": f"due {number}", **body}).raise_for_status().json()["id"])
        assert datetime.now(UTC) < due, "making the jobs took too long"
        ended = [
            until(lambda job_id=job_id: _only(api.get(f"/jobs/{job_id}/executions").json()["items"]), within_s=180)
            for job_id in jobs
        ]
    assert all(each["state"] == "success" for each in ended)
    late = [(datetime.fromisoformat(each["started_at"]) - due).total_seconds() for each in ended]
    yield Measure(f"{_JOBS} due at one second: lateness p50", ms(p50(late)), "", 1.0, None)
    yield Measure(f"{_JOBS} due at one second: lateness p99", ms(p99(late)), "", 1.0, None)


def _only(executions: list[dict[str, object]]) -> dict[str, str] | None:
    assert len(executions) <= 1, "doubled"
    return executions[0] if executions and executions[0]["ended_at"] else None  # type: ignore[return-value]
