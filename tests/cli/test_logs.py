"""Reading and following logs: every byte as the program wrote it, each stream where it belongs."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier
from tests.servers import Server, until

Start = Callable[..., subprocess.Popen[bytes]]
Make = Callable[..., str]


def test_the_last_lines_of_one_stream_or_of_both(capsulier: Capsulier, job: Make) -> None:
    name = job("for i in 1 2 3; do echo out $i; echo err $i >&2; done")
    capsulier("run", name, "--wait")
    both = capsulier("logs", name)
    assert (both.out, both.err) == (b"out 1\nout 2\nout 3\n", b"err 1\nerr 2\nerr 3\n")
    last = capsulier("logs", name, "-n", 1)
    assert (last.out, last.err) == (b"out 3\n", b"err 3\n")
    errors = capsulier("logs", name, "--stream", "err", "-n", 2)
    assert (errors.out, errors.err) == (b"err 2\nerr 3\n", b"")
    assert capsulier("logs", name, "-n", 0).out == b""
    assert capsulier("logs", name, "--stream", "setup").code == 0


def test_no_byte_is_changed_on_the_way(capsulier: Capsulier, job: Make, tmp_path: Path) -> None:
    odd = bytes(range(256)) * 300 + b"\r\n\xe2\x82\x85\x0c no line end"
    (tmp_path / "odd").write_bytes(odd)
    name = job(f"cat {tmp_path / 'odd'}; cat {tmp_path / 'odd'} >&2")
    followed = capsulier("run", name, "--follow")
    assert (followed.out, followed.err) == (odd, odd)
    assert capsulier("logs", name, "--stream", "err").out == odd


def test_an_earlier_execution_is_read_by_its_number(capsulier: Capsulier, job: Make) -> None:
    name = job('echo "day $DAY"')
    for day in ("monday", "tuesday"):
        capsulier("run", name, "--wait", "--var", f"DAY={day}")
    assert capsulier("logs", name).out == b"day tuesday\n"
    assert capsulier("logs", name, "--execution", 1).out == b"day monday\n"
    unknown = capsulier("logs", name, "--execution", 3)
    assert unknown.code == 1
    assert "no execution 3" in unknown.refused


def test_a_job_that_has_not_run_has_no_log(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    refused = capsulier("logs", name)
    assert (refused.code, refused.refused) == (1, f"“{name}” has not run yet.\n")


def test_output_is_there_while_the_program_runs(capsulier: Capsulier, job: Make, start: Start, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    os.mkfifo(go_on)
    name = job(f"echo first; echo warning >&2; read x < '{go_on}'; echo second")
    following = start("run", name, "--follow")
    assert following.stdout
    assert following.stdout.readline() == b"first\n"
    assert capsulier("show", name, "--json").json["status"] == "running"
    go_on.write_text("now\n")
    out, err = following.communicate(timeout=60)
    assert (out, err) == (b"second\n", b"warning\n")


def test_following_begins_with_the_last_lines_where_asked(
    capsulier: Capsulier, job: Make, start: Start, tmp_path: Path
) -> None:
    go_on = tmp_path / "go on"
    os.mkfifo(go_on)
    name = job(f"echo 1; echo 2; echo 3; read x < '{go_on}'; echo 4")
    capsulier("run", name)
    until(lambda: capsulier("logs", name).out.endswith(b"3\n"))
    following = start("logs", name, "-f", "-n", "1", "--stream", "out")
    assert following.stdout
    assert following.stdout.readline() == b"3\n"
    go_on.write_text("now\n")
    assert following.communicate(timeout=60)[0] == b"4\n"


def test_one_that_waits_in_the_queue_is_followed_from_its_first_byte(
    capsulier: Capsulier, job: Make, start: Start, tmp_path: Path
) -> None:
    for execution in ("1", "2"):  # of one, the second would meet the first's writer
        os.mkfifo(tmp_path / execution)
    name = job(f"read x < '{tmp_path}'/$CAPSULIER_JOB_EXECUTION; echo done", "--max-running", "1")
    capsulier("run", name)
    until(lambda: capsulier("show", name, "--json").json["status"] == "running")
    following = start("run", name, "--follow")
    until(lambda: len(capsulier("executions", name, "--json").json) == 2)
    (tmp_path / "1").write_text("now\n")
    until(lambda: capsulier("executions", name, "--json").json[0]["state"] == "running")
    (tmp_path / "2").write_text("now\n")
    out, err = following.communicate(timeout=60)
    assert (out, err, following.returncode) == (b"done\n", b"", 0)


def test_ctrl_c_leaves_the_job_running_and_says_so(
    capsulier: Capsulier, job: Make, start: Start, server: Server
) -> None:
    name = job("echo begun; sleep 60")
    following = start("run", name, "--follow")
    assert following.stdout
    assert following.stdout.readline() == b"begun\n"
    following.send_signal(signal.SIGINT)
    _, err = following.communicate(timeout=60)
    assert following.returncode == 130
    assert f"Execution 1 of “{name}” goes on." in err.decode()
    assert b"Traceback" not in err
    assert capsulier("show", name, "--json").json["status"] == "running"
    assert capsulier("stop", name).code == 0


@pytest.mark.crash
def test_following_goes_on_where_it_was_when_the_web_process_is_killed(
    capsulier: Capsulier, job: Make, start: Start, server: Server, tmp_path: Path
) -> None:
    go_on = tmp_path / "go on"
    os.mkfifo(go_on)
    name = job(f"echo before; read x < '{go_on}'; echo after; exit 4")
    following = start("run", name, "--follow")
    assert following.stdout
    assert following.stdout.readline() == b"before\n"
    server.kill("web")
    go_on.write_text("now\n")
    out, err = following.communicate(timeout=60)
    assert (out, following.returncode) == (b"after\n", 4)
    assert "exit 4" in err.decode()
    server.ready()
