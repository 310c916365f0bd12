"""A Slurm cluster runs executions while everything that can die is killed: nothing is lost, and nothing runs twice."""

import base64
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from capsulier.cli.sse import read_events
from tests.crash.on_cluster import on_cluster
from tests.crash.witness import all_executions, check_all, witness_command
from tests.engines.cluster import SlurmCluster
from tests.mail.post_office import PostOffice, post_office
from tests.servers import Server, until

pytestmark = [pytest.mark.crash, pytest.mark.cluster, pytest.mark.timeout(400)]

COUNT = "echo $CAPSULIER_EXECUTION >>{runs}; "
"""Notes its placement in a file outside: counted afterwards."""
_LINES = 60


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[tuple[Server, SlurmCluster]]:
    smtp = f"smtp://127.0.0.1:{office.port}"
    with on_cluster(tmp_path_factory.mktemp("cluster") / "data", CAPSULIER_SMTP_URL=smtp) as both:
        yield both


@pytest.fixture
def server(running: tuple[Server, SlurmCluster]) -> Server:
    return running[0].ready()


@pytest.fixture
def cluster(running: tuple[Server, SlurmCluster]) -> SlurmCluster:
    # A controller that was killed may count for minutes on jobs whose end was told to the one before it.
    running[1].run("scancel", "--me", "--signal=KILL")
    running[1].run("scancel", "--me")
    running[1].wait_until_idle()
    return running[1]


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with server.api() as api:
        yield api


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def make_job(api: httpx.Client, command: str, **facts: Any) -> str:
    name = f"{facts.pop('name', 'job')} {time.time_ns()}"
    made = api.post("/jobs", json={"name": name, "capsule": "bash", "command": command, **facts})
    assert made.status_code == 201, made.text
    return f"/jobs/{made.json()['id']}"


def run(api: httpx.Client, job: str) -> int:
    return int(api.post(f"{job}/run").raise_for_status().json()["id"])


def executions_of(api: httpx.Client, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{job}/executions").raise_for_status().json()["items"]
    return found


def look_at(api: httpx.Client, execution: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/executions/{execution}").raise_for_status().json()
    return found


def has_become(api: httpx.Client, execution: int, state: str, *, within_s: float = 60) -> None:
    until(lambda: look_at(api, execution)["state"] == state, within_s=within_s, what=f"{execution} to be {state}")


def limit(server: Server, api: httpx.Client, at_once: int) -> None:
    assert api.patch("/platforms/main", json={"max_running": at_once}).status_code == 200


class TestOneExecution:
    def test_it_looks_like_any_other_but_for_its_node(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        job = make_job(api, "echo out; echo err >&2; exit 3")
        execution = run(api, job)
        ended = server.wait_for_end(api, execution, within_s=40)
        assert (ended["state"], ended["reason"], ended["exit_code"]) == ("failed", "exit", 3)
        assert ended["engine"] == "slurm"
        assert ended["node"] in ("n1", "n2", "n3")
        assert api.get(f"/executions/{execution}/logs/stdout").text == "out\n"
        assert api.get(f"/executions/{execution}/logs/stderr").text == "err\n"

    def test_a_job_that_the_settings_keep_here_runs_here(self, server: Server, api: httpx.Client) -> None:
        ended = server.wait_for_end(api, run(api, make_job(api, "true", name="here")))
        assert (ended["engine"], ended["state"]) == ("local", "success")

    def test_a_python_job_with_its_package_and_requirements(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        package = api.post("/packages", files={"file": ("load.py", b"print('from the node')")}).json()
        made = api.post(
            "/jobs",
            json={"name": "load", "capsule": "python", "command": "python {file}", "package": package["id"]},
        ).json()
        execution = run(api, f"/jobs/{made['id']}")
        assert server.wait_for_end(api, execution, within_s=40)["state"] == "success"
        assert api.get(f"/executions/{execution}/logs/stdout").text == "from the node\n"

    def test_what_it_makes_is_listed_and_downloaded(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        execution = run(api, make_job(api, "mkdir out; seq 1 200000 >out/numbers.csv"))
        assert server.wait_for_end(api, execution)["state"] == "success"
        [file] = api.get(f"/executions/{execution}/files").json()["items"]
        assert file["path"] == "out/numbers.csv"
        whole = api.get(f"/executions/{execution}/files/out/numbers.csv").text
        assert whole == "".join(f"{number}\n" for number in range(1, 200_001))

    def test_progress_a_timeout_and_a_retry_are_as_anywhere(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        tell = """echo '{"progress": 0.5, "note": "half way"}' >"$CAPSULIER_JOB_PROGRESS"; """
        job = make_job(api, tell + "sleep 600", timeout_s=5, retries=1, retry_delay_s=1)
        first = run(api, job)
        until(lambda: look_at(api, first)["progress"], what="its progress")
        told = look_at(api, first)["progress"]
        assert (told["progress"], told["note"]) == (0.5, "half way")
        second = until(lambda: [each["id"] for each in executions_of(api, job) if each["attempt"] == 2], within_s=60)
        for execution in (first, *second):
            ended = server.wait_for_end(api, execution, within_s=60)
            assert (ended["state"], ended["reason"], ended["engine"]) == ("failed", "timeout", "slurm")

    def test_an_alert_and_what_changed_are_as_anywhere(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, office: PostOffice
    ) -> None:
        job = make_job(api, "echo fine", alert_emails=["ana@example.org"], alert_on=["failure"])
        success = run(api, job)
        assert server.wait_for_end(api, success)["state"] == "success"
        api.post(f"{job}/versions", json={"command": "echo no such table >&2; exit 3"}).raise_for_status()
        failure = run(api, job)
        assert server.wait_for_end(api, failure)["why"] == "exit 3"
        changed = api.get(f"/executions/{failure}/what-changed").json()
        assert changed["since"] == success
        assert "Command" in [each["label"] for each in changed["differences"]]
        until(lambda: office.mails, what="the alert")
        [mail] = office.mails
        assert mail["Subject"].endswith("#2, exit 3")
        assert "no such table" in mail.get_body(("plain",)).get_content()

    def test_a_later_execution_takes_the_place_of_one_that_runs(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        due = datetime.now(UTC) + timedelta(seconds=3)
        schedule = {"repeat": f"R2/{due:%Y-%m-%dT%H:%M:%S}/PT10S", "timezone": "UTC"}
        job = make_job(api, "sleep 600", schedule=schedule, overlap="replace")
        until(lambda: len(executions_of(api, job)) == 2, what="its second execution")
        second, first = (each["id"] for each in executions_of(api, job))
        has_become(api, second, "running")
        ended = look_at(api, first)
        assert (ended["state"], ended["reason"], ended["engine"]) == ("killed", "replaced", "slurm")
        api.post(f"/executions/{second}/stop", json={"force": True})
        server.wait_for_end(api, second)

    def test_a_stop_ends_it_as_killed(self, server: Server, api: httpx.Client, cluster: SlurmCluster) -> None:
        execution = run(api, make_job(api, "echo ready; sleep 600"))
        has_become(api, execution, "running")
        api.post(f"/executions/{execution}/stop")
        assert server.wait_for_end(api, execution, within_s=60)["state"] == "killed"

    def test_over_asked_memory_ends_with_these_words(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        hog = "python3 -c 'import time; held = bytes([1]) * 200_000_000; time.sleep(60)'"
        ended = server.wait_for_end(api, run(api, make_job(api, hog, memory_mb=100)), within_s=40)
        assert (ended["state"], ended["reason"]) == ("failed", "out_of_memory")

    def test_what_no_node_can_ever_have_is_refused_at_once(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        ended = server.wait_for_end(api, run(api, make_job(api, "true", memory_mb=10_000_000)), within_s=60)
        assert (ended["state"], ended["reason"]) == ("failed", "engine")
        assert ended["why"].startswith("could not be started: Slurm says: ")

    def test_what_waits_for_room_says_so(self, server: Server, api: httpx.Client, cluster: SlurmCluster) -> None:
        big = make_job(api, "sleep 600", memory_mb=55_000)
        holding = [run(api, big) for _ in range(3)]
        for each in holding:
            has_become(api, each, "running")
        waiting = run(api, big)
        until(lambda: "waits for memory" in str(look_at(api, waiting)["waits"]), within_s=60)
        words = look_at(api, waiting)["waits"]["words"]
        assert "GB asked" in words
        for each in (*holding, waiting):
            api.post(f"/executions/{each}/stop", json={"force": True})
        for each in (*holding, waiting):
            assert server.wait_for_end(api, each, within_s=30)["state"] == "killed"


class TestKills:
    def test_of_the_web_the_conductor_and_the_controller(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, tmp_path: Path, runs: Path
    ) -> None:
        notes = tmp_path / "notes"
        job = make_job(api, COUNT.format(runs=runs) + witness_command(notes))
        executions = []
        for kill in (
            lambda: server.kill("web"),
            lambda: server.kill("conductor"),
            lambda: cluster.kill("slurmctld"),
        ):
            executions += [_run_patiently(server, api, job) for _ in range(8)]
            time.sleep(1.0)
            kill()
            if cluster.daemons["slurmctld"].poll() is not None:
                time.sleep(3)
                cluster.start("slurmctld")
            server.ready()
        with server.api() as again:
            for each in executions:
                server.wait_for_end(again, each, within_s=120)
            check_all(again, int(job.rpartition("/")[2]), notes, all_executions(again, int(job.rpartition("/")[2])))
        placements = runs.read_text().split()
        assert len(placements) == len(executions) == len({each.partition("-")[0] for each in placements})

    def test_of_a_launcher_its_execution_is_lost_and_runs_no_second_time(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, runs: Path
    ) -> None:
        execution = run(api, make_job(api, COUNT.format(runs=runs) + "sleep 600"))
        has_become(api, execution, "running")
        [launcher] = _launchers_of(server, execution)
        os.kill(launcher, signal.SIGKILL)
        ended = server.wait_for_end(api, execution, within_s=40)
        assert (ended["state"], ended["reason"]) == ("failed", "lost")
        assert runs.read_text().split() == [f"{execution}-1"]
        until(lambda: not programs_of(execution), within_s=30, what="Slurm to end what it left")

    def test_of_a_node_s_daemon_what_runs_there_is_not_lost(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, runs: Path
    ) -> None:
        """Slurm gives the node up; its launcher is heard of all the same, and its word is the truth."""
        execution = run(api, make_job(api, COUNT.format(runs=runs) + "sleep 40; exit 7"))
        has_become(api, execution, "running")
        node = look_at(api, execution)["node"]
        cluster.kill(node)
        ended = server.wait_for_end(api, execution, within_s=90)
        cluster.start(node)
        assert (ended["state"], ended["exit_code"]) == ("failed", 7)
        assert runs.read_text().split() == [f"{execution}-1"]


class TestACutOffNode:
    def test_it_is_lost_after_its_time_and_its_copy_is_dead_once_it_is_healed(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, runs: Path
    ) -> None:
        """The daemon is gone and the launcher stands still, as everything does on a node that hangs."""
        execution = run(api, make_job(api, COUNT.format(runs=runs) + "sleep 600"))
        has_become(api, execution, "running")
        node = look_at(api, execution)["node"]
        [launcher] = _launchers_of(server, execution)
        os.kill(launcher, signal.SIGSTOP)
        cluster.kill(node)
        ended = server.wait_for_end(api, execution, within_s=120)
        assert (ended["state"], ended["reason"]) == ("failed", "lost")
        assert programs_of(execution), "the copy lives on"
        os.kill(launcher, signal.SIGCONT)
        until(lambda: not programs_of(execution), within_s=30, what="the fenced copy to be dead")
        cluster.start(node)
        assert runs.read_text().split() == [f"{execution}-1"]


class TestAClusterThatIsAway:
    def test_executions_wait_with_that_reason_and_start_when_it_is_back(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, runs: Path
    ) -> None:
        cluster.kill("slurmctld")
        here = run(api, make_job(api, "true", name="here"))
        executions = [run(api, make_job(api, COUNT.format(runs=runs) + "true")) for _ in range(3)]
        for each in executions:
            until(lambda each=each: "does not answer" in str(look_at(api, each)["waits"]), within_s=30)
        assert server.wait_for_end(api, here)["state"] == "success", "nobody else waits for it"
        cluster.start("slurmctld")
        for each in executions:
            assert server.wait_for_end(api, each, within_s=60)["state"] == "success"
        assert sorted(each.partition("-")[0] for each in runs.read_text().split()) == sorted(map(str, executions))


class TestMany:
    def test_five_hundred_over_three_nodes_with_every_exit_code_and_byte(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster, runs: Path
    ) -> None:
        limit(server, api, 500)
        job = make_job(
            api,
            COUNT.format(runs=runs)
            + "echo $CAPSULIER_JOB_NUMBER out; echo err >&2; sleep 1; exit $((CAPSULIER_JOB_EXECUTION_ID % 3))",
            cpus=8,  # a node has room for eight, so that all three are needed however slowly they are submitted
        )
        executions = [run(api, job) for _ in range(500)]
        nodes = set()
        for each in executions:
            ended = server.wait_for_end(api, each, within_s=240)
            nodes.add(ended["node"])
            assert ended["exit_code"] == each % 3
            assert api.get(f"/executions/{each}/logs/stderr").text == "err\n"
        assert nodes == {"n1", "n2", "n3"}
        assert sorted(int(line.partition("-")[0]) for line in runs.read_text().split()) == sorted(executions)

    def test_fifty_that_print_for_half_a_minute_while_one_is_watched_live(
        self, server: Server, api: httpx.Client, cluster: SlurmCluster
    ) -> None:
        limit(server, api, 50)
        each_line = "echo line $i $(date +%s%N); sleep 0.5"
        job = make_job(api, f"i=0; while [ $i -lt {_LINES} ]; do i=$((i+1)); {each_line}; done")
        executions = [run(api, job) for _ in range(50)]
        watched = executions[25]
        has_become(api, watched, "running")
        seen: list[bytes] = []
        late_s: list[float] = []
        with api.stream("GET", f"/executions/{watched}/logs/stdout/follow", timeout=60) as stream:
            for event in read_events(stream.iter_lines()):
                told = json.loads(event.data)
                if event.name == "end":
                    break
                new = base64.b64decode(told["data"]).splitlines()
                late_s.append(time.time() - int(new[-1].split()[2]) / 1e9)
                seen += new
        assert len(late_s) > _LINES // 4, "they came while it printed, not all at its end"
        assert max(late_s) < 30
        for execution in executions:
            assert server.wait_for_end(api, execution, within_s=120)["state"] == "success"
            lines = api.get(f"/executions/{execution}/logs/stdout").content.splitlines()
            assert [line.split()[1] for line in lines] == [b"%d" % number for number in range(1, _LINES + 1)]
            if execution == watched:
                assert lines == seen


def _run_patiently(server: Server, api: httpx.Client, job: str) -> int:
    with server.api() as again:
        return run(again, job)


def _launchers_of(server: Server, execution: int) -> list[int]:
    mark = f"{server.url}/api/v2/placements/{execution}/1".encode()
    return [pid for pid in _processes_with(b"CAPSULIER_LAUNCHER_URL=", mark) if _has_children(pid)]


def programs_of(execution: int) -> list[int]:
    return _processes_with(b"CAPSULIER_EXECUTION=", f"CAPSULIER_EXECUTION={execution}-1".encode())


def _has_children(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text().strip())


def _processes_with(name: bytes, mark: bytes) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = [each for each in (path / "environ").read_bytes().split(b"\0") if each.startswith(name)]
            if any(each.endswith(mark) for each in words) and b") Z " not in (path / "stat").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found
