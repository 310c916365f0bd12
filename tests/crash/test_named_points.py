"""SIGKILL at every point where something is half done: nothing is lost, nothing is doubled, nothing is stuck."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.crash.at_point import POINTS
from tests.crash.schedules import check_fires, make_each_second
from tests.crash.test_kills import have_all_ended, make_witness, run_patiently
from tests.crash.test_two_conductors import start_conductor
from tests.crash.witness import all_executions, check_all
from tests.servers import end_all_of, serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database, pytest.mark.timeout(300)]


def is_over(conductor: subprocess.Popen[bytes], api: object, job_id: int) -> bool:
    """Whether it is; if not, there is one more thing to do for it."""
    if conductor.poll() is None:
        run_patiently(api, job_id)  # type: ignore[arg-type]
    return conductor.poll() is not None


def test_a_conductor_killed_at_each_point_in_turn_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "web", "--port", "0", CAPSULIER_LEASE_S="1") as server, server.api() as api:
        by_hand = make_witness(server, tmp_path / "by_hand")
        by_schedule = make_each_second(api, tmp_path / "by_schedule", "every second")
        for point in POINTS:
            killed = start_conductor(server, tmp_path / "log", "-m", "tests.crash.at_point", "SIGKILL", point)
            until(lambda killed=killed: is_over(killed, api, by_hand), within_s=40, every_s=0.2, what=point)  # type: ignore[misc]
            assert killed.returncode == -signal.SIGKILL, point
        last = start_conductor(server, tmp_path / "log")
        until(lambda: api.get(f"/jobs/{by_hand}").json()["queued"] == 0)
        api.delete(f"/jobs/{by_schedule}/schedule").raise_for_status()
        for job_id in (by_hand, by_schedule):
            until(lambda job_id=job_id: have_all_ended(api, job_id), within_s=60)  # type: ignore[misc]
        check_all(api, by_hand, tmp_path / "by_hand", all_executions(api, by_hand))
        assert check_fires(api, by_schedule, tmp_path / "by_schedule") > len(POINTS)
        last.terminate()
        last.wait(60)
    end_all_of(tmp_path)
