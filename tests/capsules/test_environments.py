"""Python environments: made once, shared, told about, cleaned. Nothing here needs a package index."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capsulier.capsules.rules import EnvironmentRule
from capsulier.capsules.shelf import get_capsule
from capsulier.config import config
from capsulier.core.launch import PlacedFile
from capsulier.core.reasons import Reason
from capsulier.packages.storage import package_path, store
from capsulier.services.clean_environments import KEPT, clean_environments
from capsulier.services.environments import Environment, environment_for, interpreter_directory
from capsulier.services.launches import compile_launch
from tests.archives import wheel_of, zip_of
from tests.capsules.running import facts_of, run, run_all

MAIN = "import sys, greeting; print(greeting.WORDS, sys.prefix)"
GREETING = wheel_of(
    "greeting", "1.0", {"greeting/__init__.py": "WORDS = 'hello'\n", "greeting/__main__.py": "print('I am')\n"}
)


@pytest.fixture(autouse=True)
def _without_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")


def package_of(name: str, content: bytes) -> PlacedFile:
    stored = store([content])
    return PlacedFile(str(package_path(stored.sha256)), name, stored.sha256, stored.size_bytes)


def with_greeting(main: str = MAIN, **more: str) -> bytes:
    """A program that requires a wheel which lies beside it."""
    return zip_of({"__main__.py": main, "requirements.txt": f"./{GREETING[0]}\n", GREETING[0]: GREETING[1], **more})


def environment_of(content: bytes, python: str | None = None, name: str = "a.zip") -> Environment | None:
    rule = get_capsule("python").environment
    assert rule is not None
    chosen = get_capsule("python").runtime("")
    assert chosen is not None
    return environment_for(rule, python or chosen.executable, package_of(name, content), "1-1")


def test_a_program_without_requirements_runs_in_the_interpreter_itself() -> None:
    launch = compile_launch(facts_of("python", None, ("a.py", b"import sys; print(sys.version_info[:2], *sys.argv)")))
    assert launch.steps == ()
    [ran] = run_all([launch])
    chosen = get_capsule("python").runtime("")
    assert chosen is not None
    assert ran.succeeded().out == f"{tuple(map(int, chosen.id.split('.')))} a.py arg1 arg2\n"


def test_an_interpreter_is_called_python_whatever_its_name(tmp_path: Path) -> None:
    chosen = get_capsule("python").runtime("")
    assert chosen is not None
    program = tmp_path / "python3.99"
    program.symlink_to(Path(chosen.executable).resolve())
    directory = interpreter_directory(str(program))
    assert Path(directory, "python").resolve() == program.resolve()
    assert interpreter_directory(str(program)) == directory


def test_requirements_are_installed_before_the_command_runs() -> None:
    ran = run("python", "python {file}", ("a.zip", with_greeting())).succeeded()
    assert ran.out.startswith(f"hello {config().environments_dir}")
    assert "> Make the Python environment\n" in ran.log("setup")
    assert "greeting==1.0" in ran.log("setup")


def test_the_second_time_nothing_is_prepared() -> None:
    content = with_greeting(main=MAIN + "; print(1)")
    run("python", "python {file}", ("a.zip", content)).succeeded()
    launch = compile_launch(facts_of("python", "python {file}", ("b.zip", content)))
    assert launch.steps == ()
    assert run_all([launch])[0].succeeded().out.startswith("hello ")


def test_a_wheel_is_installed_itself() -> None:
    assert run("python", "python -m greeting", GREETING).succeeded().out == "I am\n"


def test_fifty_first_executions_at_once_make_one_environment() -> None:
    content = with_greeting(other="# for this test only")
    launches = [compile_launch(facts_of("python", "python {file}", ("a.zip", content))) for _ in range(50)]
    assert all(launch.steps for launch in launches)
    ended = run_all(launches, within_s=60)
    assert len({ran.succeeded().out for ran in ended}) == 1
    setups = [ran.log("setup") for ran in ended]
    assert len([setup for setup in setups if "Creating virtual environment" in setup]) == 1
    waiting = [setup for setup in setups if "Waiting for execution " in setup]
    maker = next(ran for ran in ended if "Creating virtual environment" in ran.log("setup"))
    assert all(f"Waiting for execution {maker.directory.name}" in setup for setup in waiting)


def test_an_install_that_fails_ends_the_execution_with_the_resolvers_words() -> None:
    content = zip_of({"__main__.py": "print('ran')", "requirements.txt": "no-such-package-at-all==9\n"})
    ran = run("python", None, ("a.zip", content))
    assert (ran.standing.reason, ran.out) == (Reason.SETUP, "")
    assert ran.standing.detail.startswith("Make the Python environment: exit 1: No solution found when resolving")
    assert "no-such-package-at-all" in ran.standing.detail
    again = run("python", None, ("a.zip", content))
    assert again.standing.reason is Reason.SETUP


def test_those_who_wait_for_a_failure_share_it() -> None:
    content = zip_of({"__main__.py": "", "requirements.txt": "no-such-package-either==9\n"})
    launches = [compile_launch(facts_of("python", "python {file}", ("a.zip", content))) for _ in range(8)]
    ended = run_all(launches, within_s=60)
    assert {ran.standing.reason for ran in ended} == {Reason.SETUP}
    assert all("no-such-package-either" in ran.standing.detail for ran in ended)
    waited = [ran for ran in ended if "Waiting for" in ran.log("setup")]
    assert not any("Creating virtual environment" in ran.log("setup") for ran in waited)


def test_an_environment_that_was_left_half_made_is_made_anew() -> None:
    content = with_greeting(half="# for this test only")
    environment = environment_of(content)
    assert environment is not None
    (environment.directory / "env" / "bin").mkdir(parents=True)
    (environment.directory / "env" / "bin" / "python").write_text("half")
    run("python", "python {file}", ("a.zip", content)).succeeded()


def test_the_next_one_begins_anew_where_the_maker_was_killed(tmp_path: Path) -> None:
    content = with_greeting(killed="# for this test only")
    launch = compile_launch(facts_of("python", "python {file}", ("a.zip", content)))
    (tmp_path / "a.zip").write_bytes(content)
    directory = launch.steps[0].command.split()[4]
    holding = "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)\n"
    holding += "open(f'{sys.argv[1]}/maker', 'w').write('execution 1-1'); print(flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", holding, directory], stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        maker.stdout.readline()
        step = launch.steps[0].command
        with subprocess.Popen(step, shell=True, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "Waiting for execution 1-1, which is making this environment.\n"
            maker.kill()
            assert "greeting==1.0" in waiting.stdout.read()
    assert waiting.returncode == 0
    assert run_all([launch])[0].succeeded().out.startswith("hello ")


def test_one_environment_is_for_one_interpreter_and_one_list() -> None:
    one = zip_of({"__main__.py": "1", "requirements.txt": "x==1"})
    same = zip_of({"__main__.py": "2", "requirements.txt": "# a comment\nx==1\n"})
    other = zip_of({"__main__.py": "1", "requirements.txt": "x==2"})
    directories = [environment_of(each) for each in (one, same, other)] + [environment_of(one, "/usr/bin/python3")]
    found = [each.directory for each in directories if each]
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_commands_of_a_capsule_come_with_its_environment(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("import sys; print('hello', sys.argv[1:])\n")
    rule = EnvironmentRule(scripts={"hello": str(tmp_path / "hello.py")})
    chosen = get_capsule("python").runtime("")
    assert chosen is not None
    environment = environment_for(rule, chosen.executable, None, "1-1")
    assert environment is not None
    assert environment.step is not None
    assert os.waitstatus_to_exitcode(os.system(f"{environment.step.command} >/dev/null")) == 0
    assert os.popen(f"{environment.commands}/hello a b").read() == "hello ['a', 'b']\n"


@pytest.mark.django_db
def test_an_environment_goes_when_nobody_has_used_it_for_a_month() -> None:
    contents = [
        zip_of({"__main__.py": "", "requirements.txt": f"{GREETING[0]}\n# {n}", GREETING[0]: GREETING[1], f"{n}": ""})
        for n in "ab"
    ]
    for content in contents:
        run("python", "python {file}", ("a.zip", content)).succeeded()
    kept, gone = (environment_of(content) for content in contents)
    assert kept
    assert gone
    old = time.time() - KEPT.total_seconds() - 60
    os.utime(gone.directory / "ready", (old, old))
    clean_environments(datetime.now(UTC))
    assert kept.directory.exists()
    assert not gone.directory.exists()
    clean_environments(datetime.now(UTC) + KEPT + timedelta(minutes=1))
    assert not kept.directory.exists()


@pytest.mark.django_db
def test_an_environment_that_is_used_again_at_the_last_moment_stays() -> None:
    content = with_greeting(last="# for this test only")
    run("python", "python {file}", ("a.zip", content)).succeeded()
    environment = environment_of(content)
    assert environment
    old = time.time() - KEPT.total_seconds() - 60
    os.utime(environment.directory / "ready", (old, old))
    assert environment_of(content)
    clean_environments(datetime.now(UTC))
    assert (environment.directory / "ready").exists()
