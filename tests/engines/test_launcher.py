"""The launcher, as a real process, and the API that it speaks to, in a real web process."""

import ast
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capsulier.core.launch import Limits, PlacedFile, Step
from capsulier.engines.launcher import launcher
from capsulier.engines.launcher.desk import Beat, Desk
from capsulier.engines.launcher.script import batch_script
from tests.engines.launched import Launched, Web, web
from tests.engines.watched import a_launch
from tests.servers import until

Run = Callable[..., Launched]

HOLDS = 'touch "$HERE/holds"; until [ -e "$HERE/go" ]; do sleep 0.02; done; '


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web(tmp_path_factory.mktemp("launchers") / "data") as running:
        yield running


@pytest.fixture
def hand_over(manager: Web) -> Iterator[Run]:
    handed: list[Launched] = []

    def hand_over(command: str, **facts: Any) -> Launched:
        handed.append(Launched(manager, a_launch(command, **facts)))
        return handed[-1]

    yield hand_over
    for each in handed:
        each.end_all()


@pytest.fixture
def run(hand_over: Run) -> Run:
    def run(command: str, **facts: Any) -> Launched:
        launched = hand_over(command, **facts)
        launched.start()
        return launched

    return run


class TestRunning:
    def test_what_a_program_writes_arrives_byte_for_byte_and_its_exit_is_its_own(self, run: Run) -> None:
        launched = run(r"printf 'out\377\000\r\n\303'; printf 'err\376' >&2; exit 7")
        report = launched.report()
        assert (report.exit_code, report.why) == (7, "")
        assert launched.log("stdout") == b"out\xff\x00\r\n\xc3"
        assert launched.log("stderr") == b"err\xfe"
        assert launched.launchers[0].wait(10) == 0
        assert list(launched.node_dir.iterdir()) == [], "nothing is left on the node"

    def test_it_reports_what_the_program_has_used(self, run: Run) -> None:
        use = "import time\nheld, end = bytes([1]) * 80_000_000, time.process_time() + 0.3\n"
        use += "while time.process_time() < end: pass"
        report = run(f"python3 -c '{use}'").report()
        assert report.peak_bytes is not None
        assert report.cpu_us is not None
        assert 80_000_000 < report.peak_bytes < 200_000_000
        assert 300_000 <= report.cpu_us < 3_000_000
        assert report.started_us is not None
        assert report.started_us + 300_000 <= report.ended_us

    def test_a_line_is_there_while_the_program_runs_and_so_is_its_time(self, run: Run) -> None:
        launched = run("echo first; sleep 30")
        until(launched.desk.began_us, what="its beginning")
        until(lambda: launched.log("stdout") == b"first\n", within_s=30)
        times = launched.desk.directory / "times"
        until(lambda: times.exists() and times.stat().st_size >= 24, what="the time of its line")

    def test_a_log_of_many_megabytes_arrives_whole(self, run: Run) -> None:
        launched = run("seq 1 1500000; seq 1 200000 >&2")
        launched.report(within_s=40)
        assert hashlib.sha256(launched.log("stdout")).digest() == hashlib.sha256(_seq(1_500_000)).digest()
        assert launched.log("stderr") == _seq(200_000)

    def test_a_package_is_fetched_and_checked(self, run: Run, tmp_path: Path) -> None:
        source = tmp_path / "3f2a"
        source.write_bytes(content := os.urandom(3_000_000))
        file = PlacedFile(str(source), "data.bin", hashlib.sha256(content).hexdigest(), len(content))
        assert run("sha256sum data.bin", files=(file,)).report().exit_code == 0
        wrong = PlacedFile(str(source), "data.bin", "0" * 64, len(content))
        report = run("touch ran", files=(wrong,)).report()
        assert (report.why, report.started_us) == ("setup", None)
        assert "damaged" in report.detail

    def test_steps_come_first_and_one_that_fails_says_why(self, run: Run) -> None:
        steps = (Step("Make a file", "echo made >file; echo one"), Step("Fail", "echo no such version; exit 4"))
        launched = run("echo ran", steps=steps)
        report = launched.report()
        assert (report.why, report.exit_code, report.detail) == ("setup", 4, "Fail: exit 4: no such version")
        assert launched.log("setup") == b"> Make a file\none\n> Fail\nno such version\n"
        assert launched.log("stdout") == b""

    def test_a_program_that_truncates_its_log_is_followed(self, run: Run) -> None:
        launched = run("seq 1 1000; sleep 1; : >/dev/stdout; echo anew; sleep 1")
        until(lambda: launched.log("stdout") == _seq(1000))
        launched.report()
        assert launched.log("stdout") == b"anew\n"

    def test_what_it_tells_of_its_progress_is_told_the_manager(self, run: Run) -> None:
        launched = run(
            """printf '{"progress": 0.4}' >"$CAPSULIER_JOB_PROGRESS"; sleep 30""", env={"CAPSULIER_JOB_PROGRESS": "x"}
        )
        progress = launched.desk.directory / "work" / ".progress.json"
        until(progress.exists)
        assert progress.read_text() == '{"progress": 0.4}'


def test_what_comes_late_of_a_log_that_was_truncated_since_is_left_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "1-1")
    token = desk.hand_over("sealed")
    desk.let_claim(token, "a launcher", "n1", "7")
    for restarts, data in ((0, b"of old"), (1, b"anew"), (0, b"of old and more")):
        desk.hear(token, Beat(logs={"stdout": (restarts, 0, data)}, times=[], started_us=1))
    assert (desk.directory / "stdout.log").read_bytes() == b"anew"


class TestLimits:
    def test_a_timeout_gives_the_grace_and_then_kills(self, run: Run) -> None:
        report = run("trap '' TERM; while :; do sleep 0.05; done", limits=Limits(timeout_s=0.3, grace_s=0.5)).report()
        assert (report.why, report.exit_code) == ("timeout", 137)
        assert report.started_us is not None
        assert report.ended_us - report.started_us >= 750_000

    def test_memory_of_the_whole_tree(self, run: Run) -> None:
        hog = "python3 -c 'import time; held = bytes([1]) * 60_000_000; time.sleep(60)'"
        report = run(f"{hog} & {hog} & wait", limits=Limits(memory_bytes=100_000_000)).report()
        assert report.why == "out_of_memory"

    def test_endless_output(self, run: Run) -> None:
        assert run("yes", limits=Limits(log_bytes=1_000_000, grace_s=5)).report().why == "log_limit"

    @pytest.mark.long
    def test_they_hold_while_the_manager_is_away(self, manager: Web, run: Run, tmp_path: Path) -> None:
        launched = run("sleep 60", limits=Limits(timeout_s=1.0))
        until(launched.desk.began_us)
        manager.kill()
        until(lambda: not _programs(launched), within_s=30)
        manager.come_back()
        report = launched.report()
        assert (report.why, report.exit_code) == ("timeout", 143)


@pytest.mark.parametrize("error", [RuntimeError("a fault of ours"), OSError(24, "Too many open files")], ids=str)
def test_what_goes_wrong_while_it_is_watched_ends_the_program_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (tmp_path / "node").mkdir()
    launch = a_launch('echo $$ >"$HERE/pid"; sleep 600', env={"HERE": str(tmp_path)})
    program = launcher.Program({"name": launch.name} | launch.as_json(), str(tmp_path / "node"))

    def watch(*_: object) -> None:
        if (tmp_path / "pid").exists():
            raise error

    monkeypatch.setattr(program, "_tick", watch)
    program.run(lambda: None)
    assert program.end is not None
    assert (program.end["why"], program.end["detail"], program.end["exit_code"]) == ("engine", str(error), None)
    assert program.end["started_us"] is not None
    assert program.tree.look(by_mark=True) == []


class TestFilesThatAreMade:
    def test_they_are_kept_with_their_times_and_what_stood_there_is_not_sent_again(
        self, run: Run, tmp_path: Path
    ) -> None:
        source = tmp_path / "3f2a"
        source.write_bytes(b"as it came")
        file = PlacedFile(str(source), "data.bin", hashlib.sha256(b"as it came").hexdigest(), 10)
        made = "mkdir -p 'a b/ü'; printf new >'a b/ü/out?.csv'; touch -d @1000000000 'a b/ü/out?.csv'; : >empty; "
        steps = (Step("Unpack", "mkdir unpacked; echo x >unpacked/lib.py"),)
        links = "ln -s /etc/passwd link; mkdir __pycache__; : >__pycache__/lib.pyc; "
        launched = run(made + links + "exit 3", files=(file,), steps=steps)
        assert launched.report().exit_code == 3
        work = launched.desk.directory / "work"
        kept = {str(each.relative_to(work)): each.read_bytes() for each in work.rglob("*") if each.is_file()}
        assert kept == {"a b/ü/out?.csv": b"new", "empty": b""}
        assert (work / "a b/ü/out?.csv").stat().st_mtime == 1_000_000_000

    def test_a_package_that_was_changed_is_kept_as_it_is_now(self, run: Run, tmp_path: Path) -> None:
        source = tmp_path / "3f2a"
        source.write_bytes(b"before")
        file = PlacedFile(str(source), "data.bin", hashlib.sha256(b"before").hexdigest(), 6)
        launched = run("printf after >data.bin", files=(file,))
        launched.report()
        assert (launched.desk.directory / "work" / "data.bin").read_bytes() == b"after"

    def test_many_megabytes_come_whole(self, run: Run) -> None:
        launched = run("seq 1 3000000 >numbers")
        launched.report()
        digest = hashlib.sha256((launched.desk.directory / "work" / "numbers").read_bytes()).digest()
        assert digest == hashlib.sha256(_seq(3_000_000)).digest()

    def test_what_finds_no_room_is_named_and_the_rest_is_kept(self, run: Run) -> None:
        launched = run("truncate -s 2G large; echo small >small")
        assert launched.report().exit_code == 0
        assert (launched.desk.directory / "work" / "small").exists()
        assert not (launched.desk.directory / "work" / "large").exists()
        assert launched.log("setup") == b"> Not kept of its files: large\n"

    def test_a_pipe_or_a_link_in_the_place_of_a_file_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to("/etc/passwd")
        for name in ("pipe", "link"):
            with pytest.raises(OSError):
                launcher.open_file(str(tmp_path / name))

    def test_nothing_is_sent_of_what_is_to_end_at_once(self, run: Run) -> None:
        launched = run("echo made >made; echo ready; sleep 600")
        until(lambda: launched.log("stdout"))
        launched.desk.wish_stop(force=True)
        assert launched.report().exit_code == 137
        assert not (launched.desk.directory / "work" / "made").exists()

    @pytest.mark.parametrize(
        "path", ["../../../escaped", "a/%2e%2e/%2e%2e/%2e%2e/escaped", "%2fetc/escaped", "a//b", "."]
    )
    def test_no_path_leads_out_of_the_working_directory(self, hand_over: Run, path: str) -> None:
        launched = hand_over("true")
        launched.claim()
        answer = launched.ask("PUT", f"/work/{path}?changed_us=1", content=b"x")
        assert answer.status_code in (404, 422), answer.text
        assert list(launched.web.root.parent.rglob("escaped")) == []
        assert list((launched.desk.directory / "work").rglob("*")) == []

    def test_what_can_be_no_file_here_is_named_and_holds_nothing_up(self, run: Run, tmp_path: Path) -> None:
        """Its progress stands here as a file; taken for a full disk, it would be sent for ever."""
        tells, instead = """printf '{"progress": 0.4}' >.progress.json; """, "rm .progress.json; mkdir .progress.json; "
        makes = "echo x >.progress.json/y; echo kept >z"
        launched = run(tells + HOLDS + instead + makes, env={"HERE": str(tmp_path)})
        until((launched.desk.directory / "work" / ".progress.json").exists)
        (tmp_path / "go").touch()
        launched.report()
        assert launched.log("setup") == b"> Not kept of its files: .progress.json/y\n"
        assert (launched.desk.directory / "work" / "z").read_bytes() == b"kept\n"

    def test_a_path_that_is_too_long_here_is_refused(self, hand_over: Run) -> None:
        launched = hand_over("true")
        launched.claim()
        path = "/".join(["d" * 250] * 17)
        assert launched.ask("PUT", f"/work/{path}?changed_us=1", content=b"x").status_code == 422

    def test_only_its_own_launcher_sends_them_and_only_before_its_end(self, hand_over: Run) -> None:
        one, other = hand_over("true"), hand_over("true")
        one.claim()

        def put(**how: Any) -> int:
            return one.ask("PUT", "/work/made?changed_us=1", content=b"x", **how).status_code

        assert put(token=other.token) == 401
        assert put(token=one.web.server.key) == 401
        assert put() == 204
        (one.desk.directory / "cut-off.partial").write_bytes(b"of a web process that was killed")
        end = {"exit_code": 0, "why": "", "detail": "", "started_us": 1, "ended_us": 2, "cpu_us": 3, "peak_bytes": 4}
        assert one.beat(started_us=1, end=end | {"sizes": {}}).json()["ended"]
        assert put() == 410
        assert list(one.desk.directory.glob("*.partial")) == []


class TestStops:
    def test_a_wish_lets_a_program_end_well(self, run: Run) -> None:
        launched = run("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done")
        until(lambda: launched.log("stdout"))
        launched.desk.wish_stop(force=False)
        report = launched.report()
        assert (report.exit_code, report.why) == (7, "stop")
        assert launched.log("stdout") == b"ready\nbye\n"

    def test_a_wish_to_kill_gives_no_grace(self, run: Run) -> None:
        launched = run("trap '' TERM; echo ready; while :; do sleep 0.05; done", limits=Limits(grace_s=60))
        until(lambda: launched.log("stdout"))
        launched.desk.wish_stop(force=False)
        launched.desk.wish_stop(force=True)
        assert launched.report(within_s=30).exit_code == 137

    def test_the_scheduler_s_term_does_the_same(self, run: Run) -> None:
        launched = run("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")
        until(lambda: launched.log("stdout"))
        launched.launchers[0].send_signal(signal.SIGTERM)
        assert launched.report().exit_code == 3

    def test_the_whole_tree_is_ended(self, run: Run) -> None:
        launched = run("setsid sh -c 'sleep 600 & sleep 600' & echo ready; sleep 600")
        until(lambda: launched.log("stdout"))
        launched.desk.wish_stop(force=False)
        launched.report()
        assert _programs(launched) == []


class TestOnlyOnce:
    def test_of_many_launchers_one_runs_it(self, hand_over: Run, tmp_path: Path) -> None:
        launched = hand_over(HOLDS, env={"HERE": str(tmp_path)})
        processes = [launched.start() for _ in range(5)]
        until((tmp_path / "holds").exists)
        until(lambda: sum(each.poll() is not None for each in processes) == 4)
        (tmp_path / "go").touch()
        assert launched.report().exit_code == 0

    def test_a_claim_is_given_once_and_again_to_the_same_claimant(self, hand_over: Run) -> None:
        launched = hand_over("true", env={"SECRET": "of this job"})
        first = launched.claim("a" * 32)
        assert (first.status_code, first.json()["environment"]["SECRET"]) == (200, "of this job")
        assert launched.claim("a" * 32).json() == first.json()
        other = launched.claim("b" * 32)
        assert (other.status_code, other.json()["code"]) == (409, "already_claimed")

    def test_a_launcher_that_is_killed_and_started_again_does_not_run_it_twice(self, run: Run, tmp_path: Path) -> None:
        launched = run('echo x >>"$HERE/runs"; sleep 60', env={"HERE": str(tmp_path)})
        until((tmp_path / "runs").exists)
        launched.launchers[0].kill()
        assert launched.start().wait(10) == 0
        assert (tmp_path / "runs").read_text() == "x\n"
        assert launched.desk.report() is None, "how it ended, nobody knows: its engine says that it is lost"

    def test_what_was_given_up_before_a_claim_is_never_run(self, hand_over: Run) -> None:
        launched = hand_over("true")
        assert launched.desk.fence()
        assert launched.claim().status_code == 410
        assert launched.start().wait(10) == 0
        assert not launched.log("stdout")

    def test_what_was_claimed_cannot_be_given_up_as_never_run(self, hand_over: Run) -> None:
        launched = hand_over("true")
        launched.claim()
        assert not launched.desk.fence()

    def test_a_superseded_launcher_kills_its_program_and_itself(self, run: Run) -> None:
        launched = run("trap '' TERM; setsid sleep 600 & while :; do echo on; sleep 0.05; done")
        until(lambda: launched.log("stdout"))
        launched.desk.supersede()
        assert launched.launchers[0].wait(10) == 0
        until(lambda: not _programs(launched), within_s=30)
        assert launched.beat().status_code == 410
        assert list(launched.node_dir.iterdir()) == []


@pytest.mark.long
class TestAManagerThatIsAway:
    def test_nothing_of_what_is_written_meanwhile_is_lost(self, manager: Web, run: Run, tmp_path: Path) -> None:
        launched = run(
            "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo $i; sleep 0.05; done; exit 5", env={"HERE": str(tmp_path)}
        )
        until(lambda: launched.log("stdout"))
        manager.kill()
        time.sleep(1.0)
        manager.come_back()
        until(lambda: launched.log("stdout").count(b"\n") > 10)
        manager.kill()
        until(lambda: not _programs(launched))  # it ends while nobody is there to hear of it
        manager.come_back()
        assert launched.report().exit_code == 5
        assert launched.log("stdout") == _seq(60)
        records = (launched.desk.directory / "times").read_bytes()
        moments = [int.from_bytes(records[at : at + 8], "little") for at in range(0, len(records), 24)]
        assert moments == sorted(set(moments))
        assert moments[-1] - moments[0] > 2_000_000, "lines keep the time at which they were written"

    def test_nor_is_what_it_has_made(self, manager: Web, run: Run, tmp_path: Path) -> None:
        launched = run(HOLDS + "seq 1 3000000 >numbers", env={"HERE": str(tmp_path)})
        until((tmp_path / "holds").exists)
        until(launched.desk.began_us)
        manager.kill()
        (tmp_path / "go").touch()
        until(lambda: not _programs(launched))
        manager.come_back()
        assert launched.report().exit_code == 0
        digest = hashlib.sha256((launched.desk.directory / "work" / "numbers").read_bytes()).digest()
        assert digest == hashlib.sha256(_seq(3_000_000)).digest()
        assert list(launched.desk.directory.glob("*.partial")) == []

    def test_a_launcher_waits_to_claim(self, manager: Web, hand_over: Run) -> None:
        launched = hand_over("exit 4")
        manager.kill()
        launched.start()
        time.sleep(0.5)
        manager.come_back()
        assert launched.report().exit_code == 4

    def test_one_that_is_stopped_before_it_could_claim_runs_nothing(self, manager: Web, hand_over: Run) -> None:
        launched = hand_over("exit 4")
        manager.kill()
        process = launched.start()
        until(lambda: _catches_term(process.pid))
        process.terminate()
        process.wait(10)
        manager.come_back()
        assert launched.desk.claim() is None
        assert launched.desk.fence()


class TestBeats:
    def test_telling_again_is_the_same_as_once_and_a_gap_is_not_taken(self, hand_over: Run) -> None:
        launched = hand_over("true")
        launched.claim()
        first = {"logs": {"stdout": [0, 0, 5]}, "times": [[10, 5, 0]], "started_us": 9}
        for _ in range(2):
            assert launched.beat(b"hello", **first).json()["sizes"]["stdout"] == 5
        assert launched.beat(b"lo wor", logs={"stdout": [0, 3, 6]}).json()["sizes"]["stdout"] == 9
        assert launched.beat(b"far", logs={"stdout": [0, 500, 3]}).json()["sizes"]["stdout"] == 9
        assert launched.log("stdout") == b"hello wor"
        assert (launched.desk.directory / "times").stat().st_size == 24
        assert not (launched.desk.directory / "setup.log").exists()

    def test_an_end_is_taken_only_with_all_of_the_logs(self, hand_over: Run) -> None:
        launched = hand_over("true")
        launched.claim()
        end = {
            "exit_code": 0,
            "why": "",
            "detail": "",
            "started_us": 1,
            "ended_us": 2,
            "cpu_us": 3,
            "peak_bytes": 4,
            "sizes": {"stdout": 5, "stderr": 0, "setup": 0},
        }
        assert not launched.beat(started_us=1, end=end).json()["ended"]
        assert launched.desk.report() is None
        assert launched.beat(b"hello", logs={"stdout": [0, 0, 5]}, started_us=1, end=end).json()["ended"]
        launched.beat(started_us=1, end=end | {"exit_code": 9})
        report = launched.desk.report()
        assert report is not None
        assert report.exit_code == 0, "the first word stays"

    def test_nobody_else_is_heard(self, hand_over: Run) -> None:
        one, other = hand_over("true"), hand_over("true")
        one.claim()
        assert one.claim(token=other.token).status_code == 401
        assert one.beat(token=other.token).status_code == 401
        assert one.beat(token="none").status_code == 401
        assert one.ask("GET", "/files/0", token=other.token).status_code == 401
        assert one.beat(token=one.web.server.key).status_code == 401, "nor is an administrator"
        assert other.beat().status_code == 409, "it must have claimed before"

    def test_nonsense_is_refused_in_a_sentence(self, hand_over: Run) -> None:
        launched = hand_over("true")
        launched.claim()
        for body in (b"", b"[]", b"{", b"\xff\n", b'{"logs": {"stdout": [0, -1, 2]}}\nab', b'{"logs": {}}\nmore'):
            answer = launched.ask("POST", "/beat", content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), body
        assert launched.claim("short").status_code == 422


class TestSecrets:
    def test_the_token_and_secret_values_are_nowhere_to_be_read(self, hand_over: Run, tmp_path: Path) -> None:
        launched = hand_over(HOLDS + "env", env={"HERE": str(tmp_path), "PASSWORD": "very-secret-value"})
        on_disk = b"".join(path.read_bytes() for path in launched.desk.directory.rglob("*") if path.is_file())
        assert b"very-secret-value" not in on_disk
        assert launched.token.encode() not in on_disk
        launched.start()
        until((tmp_path / "holds").exists)
        lists = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert not any(launched.token.encode() in each for each in lists)
        until(lambda: not (launched.desk.directory / "handover").exists(), what="the launch to be forgotten")
        (tmp_path / "go").touch()
        launched.report()
        assert launched.token.encode() not in launched.log("stdout"), "the program does not get it"

    def test_a_script_quotes_what_stands_in_it(self) -> None:
        script = batch_script("http://x/'; touch /tmp/no", "t$(x)")
        assert subprocess.run(["/bin/sh", "-n"], input=script.encode(), check=False).returncode == 0
        assert "'t$(x)'" in script


def test_it_is_one_file_of_the_standard_library_for_old_pythons() -> None:
    text = Path(launcher.__file__).read_text()
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        name
        for node in ast.walk(tree)
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [])
        + ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }
    assert {each.partition(".")[0] for each in imported} <= sys.stdlib_module_names
    assert "removeprefix" not in text


def _seq(last: int) -> bytes:
    return "".join(f"{number}\n" for number in range(1, last + 1)).encode()


def _catches_term(pid: int) -> bool:
    caught = Path(f"/proc/{pid}/status").read_text().partition("SigCgt:")[2].split()[0]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def _programs(launched: Launched) -> list[int]:
    """What lives of it, but for its launcher."""
    mark = f"CAPSULIER_PLACEMENT={launched.node_dir}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_bytes() and b") Z " not in (path / "stat").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found
