"""The machine goes, or is told to: what ran, what waits, what comes back."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.crash.schedules import all_fires
from tests.crash.test_two_conductors import leads, start_conductor
from tests.crash.witness import all_executions
from tests.servers import end_all_of, serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database, pytest.mark.timeout(180)]


def test_a_restart_of_the_machine_ends_what_ran_as_failed_and_the_retry_rule_applies(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="1") as server, server.api() as api:
        before = start_conductor(server, tmp_path / "before.log")
        body = {"name": "long", "capsule": "bash", "command": "[ $CAPSULIER_JOB_ATTEMPT = 1 ] || exit 0; sleep 600"}
        job_id = api.post("/jobs", json={**body, "retries": 1, "retry_delay_s": 0}).json()["id"]
        once = api.post("/jobs", json={**body, "name": "once"}).json()["id"]
        stopped = api.post("/jobs", json={**body, "name": "stopped", "retries": 1, "retry_delay_s": 0}).json()["id"]
        ran = {each: api.post(f"/jobs/{each}/run").json()["id"] for each in (job_id, once, stopped)}
        until(lambda: all(api.get(f"/executions/{each}").json()["state"] == "running" for each in ran.values()))
        before.kill()
        before.wait()
        api.post(f"/jobs/{stopped}/stop")  # while nobody is there to do it
        end_all_of(tmp_path / "data" / "executions")
        after = start_conductor(server, tmp_path / "after.log", "-m", "tests.crash.another_start")
        for each in (ran[job_id], ran[once]):
            ended = server.wait_for_end(api, each)
            assert (ended["state"], ended["reason"]) == ("failed", "lost")
            assert ended["why"] == "lost: the machine was restarted"
        assert server.wait_for_end(api, ran[stopped])["state"] == "killed"
        until(
            lambda: [each["state"] for each in all_executions(api, job_id)] == ["success", "failed"], what="the retry"
        )
        assert all_executions(api, job_id)[0]["trigger"] == "retry"
        assert len(all_executions(api, once)) == len(all_executions(api, stopped)) == 1
        after.terminate()
        after.wait(60)
    end_all_of(tmp_path)


def test_sigterm_lets_new_work_wait_and_what_runs_go_on_until_the_next_start_finds_both(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="1") as server, server.api() as api:
        first = start_conductor(server, tmp_path / "first.log")
        command = f"until [ -e {tmp_path}/go ]; do sleep 0.05; done; touch {tmp_path}/ended; exit 5"
        job_id = api.post("/jobs", json={"name": "job", "capsule": "bash", "command": command}).json()["id"]
        running = api.post(f"/jobs/{job_id}/run").json()["id"]
        until(lambda: api.get(f"/executions/{running}").json()["state"] == "running")
        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 0
        waiting = api.post(f"/jobs/{job_id}/run").json()["id"]
        waits = api.get(f"/executions/{waiting}").json()["waits"]
        assert waits["words"] == "waits for a conductor: none is running"
        (tmp_path / "go").touch()
        until((tmp_path / "ended").exists, what="the program has ended by itself")
        assert api.get(f"/executions/{running}").json()["state"] == "running", "and nobody could write that down"
        second = start_conductor(server, tmp_path / "second.log")
        assert server.wait_for_end(api, running)["exit_code"] == 5
        assert server.wait_for_end(api, waiting)["exit_code"] == 5
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)


@pytest.mark.long
def test_what_was_due_while_nobody_was_there_is_on_record_as_one_stretch(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="1") as server, server.api() as api:
        first = start_conductor(server, tmp_path / "first.log")
        until(lambda: leads(tmp_path / "first.log"))
        body = {
            "name": "each second",
            "capsule": "bash",
            "command": "true",
            "catch_up": "none",
            "overlap": "parallel",
            "schedule": {"repeat": "R/2026-01-01T00:00:00/PT1S", "timezone": "UTC"},
        }
        job_id = api.post("/jobs", json=body).json()["id"]
        until(lambda: len(all_fires(api, job_id)) >= 2)
        first.kill()
        first.wait()
        seen = all_fires(api, job_id)[0]["due_at"]
        away = datetime.fromisoformat(seen) + timedelta(seconds=14)
        until(lambda: datetime.now(UTC) > away, within_s=30, what="longer than what counts as a restart")
        second = start_conductor(server, tmp_path / "second.log")
        until(lambda: any(each["why"] == "down" for each in all_fires(api, job_id)), what="they are on record")
        [down] = [each for each in all_fires(api, job_id) if each["why"] == "down"]
        assert (down["outcome"], down["count"] >= 2) == ("missed", True)
        assert down["words"] == f"Did not run, {down['count']} times: the manager was down."
        # Without seconds, the whole minute would be meant.
        at = next(each for each in (down["until_at"], down["due_at"]) if not each.endswith(":00Z"))
        why = api.get(f"/jobs/{job_id}/fires/why", params={"at": at}).json()
        assert why["fire"]["id"] == down["id"]
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)
