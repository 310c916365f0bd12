"""Schedules that fire every second, and the proof that each instant fired once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from tests.crash.witness import all_executions, check_all, witness_command


def make_each_second(api: httpx.Client, notes: Path, name: str, times: int | None = None) -> int:
    """A job that is due each second, from one that is past no busy machine's answer on, so many times; None: for ever.

    By its end and not by its number of runs: that would go on past so many instants where an outage leaves some out.
    """
    start = (datetime.now(UTC) + timedelta(seconds=4)).replace(microsecond=0)
    until = (start + timedelta(seconds=times - 1)).isoformat() if times else None
    body = {
        "name": name,
        "capsule": "bash",
        "command": witness_command(notes),
        "overlap": "parallel",
        "catch_up": "all",
        "schedule": {"repeat": f"R/{start:%Y-%m-%dT%H:%M:%S}/PT1S", "timezone": "UTC", "until": until},
    }
    return int(api.post("/jobs", json=body).raise_for_status().json()["id"])


def all_fires(api: httpx.Client, job_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    parameters: dict[str, Any] = {"size": 200}
    while True:
        page = api.get(f"/jobs/{job_id}/fires", params=parameters).raise_for_status().json()
        found += page["items"]
        if page["next"] is None:
            return found
        parameters["page"] = page["next"]


def check_fires(api: httpx.Client, job_id: int, notes: Path) -> int:
    """Every second from the first to the last has one record and one execution, which ran once; how many they are."""
    executions, fires = all_executions(api, job_id), all_fires(api, job_id)
    assert [each["words"] for each in fires if each["execution_id"] is None] == []
    assert sorted(each["execution_id"] for each in fires) == sorted(each["id"] for each in executions)
    due = sorted(datetime.fromisoformat(each["due_at"]) for each in fires)
    assert all(after - before == timedelta(seconds=1) for before, after in pairwise(due)), due
    assert sorted(datetime.fromisoformat(each["due_at"]) for each in executions) == due
    check_all(api, job_id, notes, executions)
    return len(due)
