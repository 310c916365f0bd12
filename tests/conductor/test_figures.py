"""Web and conductor are two processes: what both measure is read at one address."""

import json
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import serving, until

pytestmark = pytest.mark.database


def test_the_figures_of_both_processes_are_read_from_the_web(tmp_path: Path) -> None:
    with serving(tmp_path / "data", CAPSULIER_LOG_FORMAT="json") as server, server.api() as api:
        body = {"name": "odd", "capsule": "bash", "command": "exit 3"}
        job_id = api.post("/jobs", json=body).raise_for_status().json()["id"]
        execution = api.post(f"/jobs/{job_id}/run").raise_for_status().json()
        server.wait_for_end(api, execution["id"])

        until(lambda: _value(api, "capsulier_conductor_start_latency_seconds_count") == 1, what="its start measured")
        assert 0 < (_value(api, "capsulier_conductor_start_latency_seconds_sum") or 0) < 5
        assert _value(api, "capsulier_executions_ended_total", outcome="failed") == 1
        assert _value(api, "capsulier_leader") == 1
        assert (_value(api, "capsulier_conductor_last_turn_timestamp_seconds") or 0) > 1e9
        assert (_value(api, "capsulier_conductor_transaction_seconds_count", work="take_turn") or 0) > 0
        assert (_value(api, "capsulier_conductor_loop_lag_seconds_count") or 0) > 0
        assert (_value(api, "capsulier_web_statement_seconds_count") or 0) > 0
        assert httpx.get(f"{server.url}/readyz").json()["conductor"] == "leads"

        told = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
        [line] = [each for each in told if each.get("execution_id") == execution["id"]]
        assert line["message"] == f"Execution {execution['id']} ended: exit 3."
        assert server.key not in server.log()


def _value(api: httpx.Client, name: str, **labels: str) -> float | None:
    text = api.get(api.base_url.copy_with(path="/metrics")).raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return next((each.value for each in samples if each.name == name and labels.items() <= each.labels.items()), None)
