"""SIGKILL while the past is tidied up: nothing that is kept loses a byte, nothing that goes is left half."""

import random
import time
from pathlib import Path

import httpx
import pytest

from capsulier.logs.packed import packed_path
from tests.databases import new_database
from tests.operations.moved import Place, run
from tests.servers import serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database, pytest.mark.long, pytest.mark.timeout(300)]

KEPT = 6
COMMAND = 'i=0; while [ $i -lt 4000 ]; do echo "line $i of $CAPSULIER_JOB_EXECUTION"; i=$((i+1)); done'
"""Some 80 kB, so that it is worth packing."""


def expected_log(number: int) -> str:
    return "".join(f"line {i} of {number}\n" for i in range(4000))


def executions(api: httpx.Client, job_id: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = api.get(f"/jobs/{job_id}/executions?size=200").raise_for_status().json()["items"]
    return found


def test_a_conductor_killed_while_it_tidies_up_loses_and_leaves_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    often = {"CAPSULIER_TIDY_EVERY_S": "0.2", "CAPSULIER_PACK_LOGS_AFTER_S": "0.5"}
    with new_database() as url:
        place = Place(tmp_path / "data", url, often)
        with serving(tmp_path / "data", **often, **({"CAPSULIER_DATABASE": url} if url else {})) as server:
            with server.api() as api:
                body = {"name": "busy", "capsule": "bash", "command": COMMAND, "keep_executions": KEPT}
                job_id = api.post("/jobs", json=body).raise_for_status().json()["id"]
                for number in range(60):
                    run(api, job_id)
                    if number % 5 == 4:
                        time.sleep(chance.uniform(0.1, 0.8))  # another moment each time is the point
                        server.kill("conductor")
                        until(lambda: server.pids("conductor"))
                until(lambda: all(each["ended_at"] for each in executions(api, job_id)), within_s=60)
                until(lambda: len(executions(api, job_id)) == KEPT, within_s=60, what="what is not kept is gone")
                logs = tmp_path.glob("data/executions/*/*/stdout.log")
                until(lambda: not any(not packed_path(each).exists() for each in logs), what="all logs are packed")
                kept = executions(api, job_id)
                assert [each["number"] for each in kept] == list(range(60, 60 - KEPT, -1))
                for each in kept:
                    log = api.get(f"/executions/{each['id']}/logs/stdout").text
                    assert log == expected_log(int(str(each["number"]))), f"the log of {each['number']}"
                assert api.get(f"/jobs/{job_id}").json()["status"] == "success"
            server.stop()
        # One that a kill kept from being started has a second placement.
        left = {path.name.partition("-")[0] for path in tmp_path.glob("data/executions/*/*-[0-9]*")}
        assert left == {str(each["id"]) for each in kept}, "no directory of what is gone"
        assert not list(tmp_path.glob("data/executions/*/.*")), "nothing half removed"
        assert not list(tmp_path.glob("data/executions/**/*.partial"))
        told = place.command("doctor")
        for check in ("database", "counts", "orphans", "files"):
            assert f"{check:<10} ok" in told.stdout, told.stdout
