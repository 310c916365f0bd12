"""Two conductors over one database: one leads, the other stands by and takes over."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crash.schedules import all_fires, check_fires, make_each_second
from tests.crash.test_kills import have_all_ended, make_witness, run_patiently
from tests.crash.wire import wire_to
from tests.crash.witness import all_executions, check_all
from tests.servers import Server, end_all_of, serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database, pytest.mark.timeout(300)]

needs_postgresql = pytest.mark.skipif(
    "not os.environ.get('CAPSULIER_DATABASE', '').startswith('postgresql')", reason="a file has no wire to be cut"
)


def start_conductor(server: Server, log: Path, *module: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        command = [sys.executable, *(module or ("-m", "capsulier", "conductor"))]
        return subprocess.Popen(command, env=server.environment, stdout=file, stderr=file, start_new_session=True)


def leads(log: Path) -> bool:
    return "Leading" in log.read_text()


def test_a_second_conductor_takes_over_within_ten_seconds_of_a_kill(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0") as server, server.api() as api:
        first = start_conductor(server, tmp_path / "first.log")
        until(lambda: leads(tmp_path / "first.log"))
        second = start_conductor(server, tmp_path / "second.log")
        job_id = make_witness(server, tmp_path / "notes")
        for _ in range(5):
            run_patiently(api, job_id)
        until(lambda: list((tmp_path / "notes").iterdir()))
        assert not leads(tmp_path / "second.log")
        first.kill()
        killed_at = time.monotonic()
        first.wait()
        until(lambda: leads(tmp_path / "second.log"), within_s=30, what="the second leads")
        assert time.monotonic() - killed_at < 10
        until(lambda: have_all_ended(api, job_id))
        check_all(api, job_id, tmp_path / "notes", all_executions(api, job_id))
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)


@pytest.mark.parametrize(
    "point",
    [
        "before a spawn",
        pytest.param("after a turn", marks=pytest.mark.long),
        pytest.param("after a spawn", marks=pytest.mark.long),
    ],
)
def test_a_leader_frozen_past_its_lease_starts_nothing_twice_when_it_goes_on(tmp_path: Path, point: str) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="2") as server, server.api() as api:
        first = start_conductor(server, tmp_path / "first.log", "-m", "tests.crash.at_point", "SIGSTOP", point)
        until(lambda: leads(tmp_path / "first.log"))
        job_id = make_witness(server, tmp_path / "notes")
        for _ in range(20):
            run_patiently(api, job_id)
        until(lambda: is_stopped(first.pid), what="the first conductor is frozen")
        second = start_conductor(server, tmp_path / "second.log")
        until(lambda: leads(tmp_path / "second.log"), what="the second leads")
        for _ in range(10):
            run_patiently(api, job_id)
        until(lambda: len(list((tmp_path / "notes").iterdir())) == 30, what="the second has started them all")
        os.kill(first.pid, signal.SIGCONT)
        assert first.wait(60) == 75, "deposed: it ends, for its supervisor to start it again"
        until(lambda: have_all_ended(api, job_id), within_s=60)
        executions = all_executions(api, job_id)
        assert len(executions) == 30
        check_all(api, job_id, tmp_path / "notes", executions)
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)


@pytest.mark.parametrize(
    "point",
    [
        "after a fire",
        # SQLite has one lock for all, and nobody breaks that of a frozen process.
        pytest.param("within a fire", marks=[pytest.mark.long, needs_postgresql]),
    ],
)
def test_a_leader_frozen_past_its_lease_fires_no_instant_twice_when_it_goes_on(tmp_path: Path, point: str) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="1.5") as server, server.api() as api:
        first = start_conductor(server, tmp_path / "first.log", "-m", "tests.crash.at_point", "SIGSTOP", point)
        until(lambda: leads(tmp_path / "first.log"))
        job_id = make_each_second(api, tmp_path / "notes", "every second")
        until(lambda: is_stopped(first.pid), what="the first conductor is frozen")
        second = start_conductor(server, tmp_path / "second.log")
        until(lambda: leads(tmp_path / "second.log"), what="the second leads")
        fired = len(all_fires(api, job_id))
        until(lambda: len(all_fires(api, job_id)) > fired, what="the second fires")
        os.kill(first.pid, signal.SIGCONT)
        # Deposed; also where PostgreSQL has ended the transaction that it was frozen in.
        assert first.wait(60) == 75
        assert "Another conductor leads" in (tmp_path / "first.log").read_text()
        api.delete(f"/jobs/{job_id}/schedule").raise_for_status()
        until(lambda: have_all_ended(api, job_id))
        check_fires(api, job_id, tmp_path / "notes")
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)


@pytest.mark.long
def test_two_webs_and_two_conductors_fire_on_within_ten_seconds_of_the_leaders_death(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0") as server, server.api() as api:
        one_url = server.url
        other = Server(server.data_dir, server.environment, ["web", "--port", "0"]).start()
        until(lambda: server.url != one_url, what="the other web is there, too")
        other.ready()
        first = start_conductor(server, tmp_path / "first.log")
        until(lambda: leads(tmp_path / "first.log"))
        second = start_conductor(server, tmp_path / "second.log")
        job_id = make_each_second(api, tmp_path / "notes", "every second")
        until(lambda: len(all_fires(api, job_id)) >= 3)
        first.kill()
        killed_at = datetime.now(UTC)
        first.wait()
        until(lambda: datetime.fromisoformat(all_fires(api, job_id)[0]["decided_at"]) > killed_at, within_s=30)
        with other.api() as through_the_other:
            ran = run_patiently(through_the_other, job_id)
            assert server.wait_for_end(api, int(str(ran["id"])))["ended_at"]
            through_the_other.delete(f"/jobs/{job_id}/schedule").raise_for_status()
        until(lambda: have_all_ended(api, job_id))
        by_schedule = [each for each in all_executions(api, job_id) if each["trigger"] == "schedule"]
        assert len({each["due_at"] for each in by_schedule}) == len(by_schedule) == len(all_fires(api, job_id))
        check_all(api, job_id, tmp_path / "notes", all_executions(api, job_id))
        second.terminate()
        second.wait(60)
        other.stop()
    end_all_of(tmp_path)


@pytest.mark.skipif(
    "not os.environ.get('CAPSULIER_DATABASE', '').startswith('postgresql')", reason="SQLite has no wire"
)
def test_a_leader_cut_off_from_the_database_starts_nothing_until_it_knows_that_it_leads_no_more(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="2") as server, server.api() as api:
        with wire_to(server.environment["CAPSULIER_DATABASE"]) as wire:
            far = replace(server, environment={**server.environment, "CAPSULIER_DATABASE": wire.url})
            first = start_conductor(far, tmp_path / "first.log")
            until(lambda: leads(tmp_path / "first.log"))
            job_id = make_witness(server, tmp_path / "notes")
            for n in range(20):
                run_patiently(api, job_id)
                if n == 10:
                    wire.cut()
            second = start_conductor(server, tmp_path / "second.log")
            until(lambda: leads(tmp_path / "second.log"), within_s=30, what="the second leads")
            until(lambda: len(list((tmp_path / "notes").iterdir())) == 20, what="the second has started them all")
            wire.mend()
            assert first.wait(150) == 75, "deposed"
        until(lambda: have_all_ended(api, job_id))
        check_all(api, job_id, tmp_path / "notes", all_executions(api, job_id))
        second.terminate()
        second.wait(60)
    end_all_of(tmp_path)


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
