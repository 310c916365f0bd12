"""SIGKILL at random moments: nothing is lost, nothing is doubled, nothing is stuck."""

import random
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.crash.witness import all_executions, check_all, witness_command
from tests.servers import Server, serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database, pytest.mark.timeout(300)]


def run_patiently(api: httpx.Client, job_id: int) -> dict[str, object]:
    """Ask until an answer comes. The web process or the database may be dead when we ask, or die before it answers:
    then nobody knows whether the question was heard, and a second execution is no fault."""

    def ask() -> dict[str, object] | None:
        try:
            answer = api.post(f"/jobs/{job_id}/run")
        except httpx.TransportError:
            return None
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return None  # the database is away, or went while we asked
        execution: dict[str, object] = answer.raise_for_status().json()
        return execution

    answer = until(ask, within_s=90)  # a busy machine takes its time to start a process anew
    assert answer is not None
    return answer


def have_all_ended(api: httpx.Client, job_id: int) -> bool:
    try:
        return all(each["ended_at"] for each in all_executions(api, job_id))
    except httpx.HTTPError:
        return False


def make_witness(server: Server, notes: Path) -> int:
    with server.api() as api:
        body = {"name": "witness", "capsule": "bash", "command": witness_command(notes)}
        return int(api.post("/jobs", json=body).raise_for_status().json()["id"])


@pytest.mark.long
def test_a_conductor_killed_at_random_moments_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(81)
    with serving(tmp_path / "data") as server, server.api() as api:
        job_id = make_witness(server, tmp_path / "notes")
        for _ in range(200):
            run_patiently(api, job_id)
            if chance.random() < 0.06:
                until(lambda: server.pids("conductor"))
                server.kill("conductor")
        until(lambda: have_all_ended(api, job_id), within_s=120, what="all executions ended")
        executions = all_executions(api, job_id)
        assert len(executions) == 200
        check_all(api, job_id, tmp_path / "notes", executions)
        assert server.log().count("Starting it again") >= 5, "the conductor was killed several times"


@pytest.mark.long
def test_web_and_conductor_killed_together_lose_nothing_that_was_accepted(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.api() as api:
        job_id = make_witness(server, tmp_path / "notes")
        accepted = []
        for _ in range(4):
            accepted += [run_patiently(api, job_id)["id"] for _ in range(10)]
            server.kill("web")
            server.kill("conductor")
        until(lambda: have_all_ended(api, job_id), within_s=60, what="all executions ended")
        executions = all_executions(api, job_id)
        assert {each["id"] for each in executions} >= set(accepted)
        check_all(api, job_id, tmp_path / "notes", executions)


def test_a_killed_server_finds_what_ended_while_nobody_was_there(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        job_id = make_witness(server, tmp_path / "notes")
        with server.api() as api:
            ran = [run_patiently(api, job_id)["id"] for _ in range(12)]
            until(lambda: len(list((tmp_path / "notes").iterdir())) == 12, what="all programs have begun")
        assert server.process is not None
        server.process.kill()  # its children end with the pipe, or are killed here
        server.kill("web")
        server.kill("conductor")
        until(lambda: all("ended" in path.read_text() for path in (tmp_path / "notes").iterdir()))
        server.start().ready()
        with server.api() as api:
            until(lambda: have_all_ended(api, job_id), what="all ends are known")
            executions = all_executions(api, job_id)
            assert sorted(each["id"] for each in executions) == sorted(ran)
            check_all(api, job_id, tmp_path / "notes", executions)


def test_sigterm_hands_over_and_running_programs_go_on(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        job_id = make_witness(server, tmp_path / "notes")
        with server.api() as api:
            run_patiently(api, job_id)
            until(lambda: list((tmp_path / "notes").iterdir()))
        server.stop(signal.SIGTERM)
        assert "Handed over" in server.log()
        assert not server.pids("conductor")
        server.start().ready()
        with server.api() as api:
            until(lambda: have_all_ended(api, job_id))
            check_all(api, job_id, tmp_path / "notes", all_executions(api, job_id))


@pytest.mark.long
def test_a_schedule_fires_each_instant_once_however_often_the_conductor_dies(tmp_path: Path) -> None:
    chance = random.Random(7)
    with serving(tmp_path / "data") as server, server.api() as api:
        body = {
            "name": "every second",
            "capsule": "bash",
            "command": "/bin/true",
            "overlap": "parallel",
            "catch_up": "all",
            "schedule": {"repeat": "R12/2026-01-01T00:00:00/PT1S", "timezone": "UTC"},
        }
        job_id = api.post("/jobs", json=body).raise_for_status().json()["id"]
        began = time.monotonic()
        while time.monotonic() - began < 11:
            until(lambda: server.pids("conductor"))
            server.kill("conductor")
            time.sleep(chance.uniform(0.3, 2.0))  # the random moment is the point
        until(lambda: len(all_executions(api, job_id)) == 12, within_s=30, what="twelve executions")
        until(lambda: have_all_ended(api, job_id))
        executions = all_executions(api, job_id)
        due = sorted(each["due_at"] for each in executions)
        assert len(set(due)) == 12, "each instant once"
        assert api.get(f"/jobs/{job_id}").json()["next_fire_at"] is None, "and then no more"
