"""A disk that fills up: said in a sentence, nothing half there, and all goes on once there is room."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash.disks import fill, is_full, may_mount, small_disk, used_bytes
from tests.crash.schedules import all_fires, make_each_second
from tests.crash.test_campaign import is_over
from tests.crash.witness import all_executions
from tests.servers import serving, until

pytestmark = [pytest.mark.crash]

NO_FLOOR = {"CAPSULIER_MIN_FREE_BYTES": "0"}
"""Otherwise nothing would start on so small a disk."""

needs_mounts = pytest.mark.skipif(not may_mount(), reason="run in a namespace by the last test here")


def make_job(api: httpx.Client, name: str, command: str) -> int:
    body = {"name": name, "capsule": "bash", "command": command}
    return int(api.post("/jobs", json=body).raise_for_status().json()["id"])


def run(api: httpx.Client, job_id: int) -> int:
    return int(api.post(f"/jobs/{job_id}/run").raise_for_status().json()["id"])


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        yield client


@needs_mounts
def test_a_package_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "data" / "packages", 8) as disk,
        serving(tmp_path / "data", **NO_FLOOR) as server,
        server.api() as api,
    ):
        before = used_bytes(disk)
        for _ in range(2):
            answer = api.post("/packages", files={"file": ("a.zip", bytes(12_000_000))})
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            assert "disk of the data directory is full" in answer.json()["detail"]
            assert [path for path in disk.rglob("*") if path.is_file()] == []
            assert used_bytes(disk) == before
        assert api.post("/packages", files={"file": ("a.zip", b"PK")}).json()["id"] == 1, "no row of those before"


@needs_mounts
def test_a_log_that_fills_the_disk_costs_its_own_program_and_what_would_start(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "data" / "executions", 8) as disk,
        serving(tmp_path / "data", **NO_FLOOR) as server,
        server.api() as api,
    ):
        pids = server.pids("conductor")
        quiet = run(api, make_job(api, "quiet", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; exit 5"))
        fine = make_job(api, "fine", "echo fine")
        big = make_job(
            api, "big", f"head -c 20000000 /dev/zero; c=$?; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; exit $c"
        )
        until(lambda: api.get(f"/executions/{quiet}").json()["state"] == "running")
        filler = run(api, big)
        until(lambda: is_full(disk), what="the disk is full")
        refused = server.wait_for_end(api, run(api, fine))
        assert (refused["state"], refused["reason"], refused["detail"]) == ("failed", "setup", "the disk is full")
        (tmp_path / "go").touch()
        assert server.wait_for_end(api, quiet)["exit_code"] == 5
        ended = server.wait_for_end(api, filler)
        assert (ended["state"], ended["reason"], ended["exit_code"]) == ("failed", "exit", 1)
        assert len(api.get(f"/executions/{filler}/logs/stdout").content) > 7_000_000, "as far as it came"
        assert server.pids("conductor") == pids
        max(disk.rglob("stdout.log"), key=lambda path: path.stat().st_size).unlink()
        assert server.wait_for_end(api, run(api, fine))["state"] == "success"


@needs_mounts
def test_below_the_floor_executions_wait_and_say_so_and_go_on_once_there_is_room(tmp_path: Path) -> None:
    floor = {"CAPSULIER_MIN_FREE_BYTES": "4000000"}
    with (
        small_disk(tmp_path / "data" / "executions", 8) as disk,
        serving(tmp_path / "data", **floor) as server,
        server.api() as api,
    ):
        job_id = make_job(api, "fine", "echo fine")
        assert server.wait_for_end(api, run(api, job_id))["state"] == "success"
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(6_000_000))
        waiting = [run(api, job_id) for _ in range(3)]
        waits = api.get(f"/executions/{waiting[0]}").json()["waits"]
        assert waits["cause"] == "disk"
        assert re.fullmatch(r"waits for disk space: [\d.]+ MB free, 4 MB wanted", waits["words"])
        assert api.get(f"/jobs/{job_id}").json()["queued"] == 3
        ballast.unlink()
        ended = [server.wait_for_end(api, each) for each in waiting]
        assert {each["state"] for each in ended} == {"success"}


@needs_mounts
def test_a_database_on_a_full_disk_is_read_on_and_goes_on_when_there_is_room(
    tmp_path: Path, browser: httpx.Client
) -> None:
    with small_disk(tmp_path / "data", 24) as disk, serving(disk, **NO_FLOOR) as server, server.api() as api:
        pids = server.pids("conductor") + server.pids("web")
        job_id = make_job(api, "fine", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done")
        browser.get(server.sign_in_link())
        running = run(api, job_id)
        until(lambda: api.get(f"/executions/{running}").json()["state"] == "running")
        ballast = fill(disk)
        (tmp_path / "go").touch()
        for answer in (api.post(f"/jobs/{job_id}/run"), api.post("/jobs", json={"name": "x", "capsule": "bash"})):
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            assert "Make room" in answer.json()["detail"]
        page = post(browser, f"{server.url}/jobs/{job_id}/run")
        assert page.status_code == 507
        assert "Make room in the data directory" in page.text
        assert api.get("/jobs").json()["total"] == 1
        assert browser.get(server.url).status_code == 200
        [claim] = disk.glob("executions/**/claim")
        until(lambda: "exit 0\n" in claim.read_text(), what="its program has ended")
        assert api.get(f"/executions/{running}").json()["state"] == "running", "and nobody can write that down"
        ballast.unlink()
        assert server.wait_for_end(api, running)["state"] == "success", "its end is told late, but told"
        assert server.wait_for_end(api, run(api, job_id))["number"] == 2
        assert server.pids("conductor") + server.pids("web") == pids


@needs_mounts
@pytest.mark.long
@pytest.mark.timeout(300)
def test_killed_on_a_full_disk_nothing_is_lost_doubled_or_stuck(tmp_path: Path) -> None:
    chance = random.Random(40)
    with small_disk(tmp_path / "data", 40) as disk, serving(disk, **NO_FLOOR) as server:
        with server.api() as api:
            job_id = make_each_second(api, tmp_path / "notes", "every second", times=40)
            until(lambda: all_fires(api, job_id), what="it has begun")
        for victims in (["conductor"], ["web"], ["conductor", "web"]) * 2:
            ballast = fill(disk)
            for each in victims:
                server.kill(each)
            time.sleep(chance.uniform(1, 4))  # so long it is full
            ballast.unlink()
            time.sleep(chance.uniform(0, 2))
        until(lambda: is_over(server, job_id), within_s=120, every_s=0.2, what="all is over")
        with server.api() as api:
            executions, fires = all_executions(api, job_id), all_fires(api, job_id)
        assert len(fires) == 40
        assert sorted(each["execution_id"] for each in fires) == sorted(each["id"] for each in executions)
        for each in executions:
            notes = tmp_path / "notes" / str(each["id"])
            if each["reason"] == "setup":  # it was to start just then
                assert (each["detail"], notes.exists()) == ("the disk is full", False)
            else:
                assert (each["exit_code"], notes.read_text()) == (each["id"] % 3, "began\nended\n")


def post(browser: httpx.Client, url: str) -> Any:
    return browser.post(url, headers={"X-CSRFToken": browser.cookies["csrftoken"], "Referer": url})


@pytest.mark.skipif(may_mount(), reason="the tests above could mount by themselves")
def test_all_of_this_in_a_namespace_of_our_own() -> None:
    """Where we are not root: there we are."""
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody but root mount anything")
    command = ["unshare", "-rm", sys.executable, "-m", "pytest", "-p", "no:cacheprovider", __file__]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAPSULIER_")}
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=110)
    assert ran.returncode == 0, ran.stdout[-4000:]
