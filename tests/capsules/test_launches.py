"""What an engine gets to see of a job, by its capsule."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsulier.config import config
from capsulier.core.errors import Invalid, MissingTool
from capsulier.core.reasons import Reason
from capsulier.services.launches import compile_launch, known_launch
from capsulier.services.progress import progress_path, read_progress
from capsulier.store.models import Execution
from tests.archives import zip_of
from tests.capsules.running import facts_of, run

OWN = """
id = "own"
label = "Our own"
icon = "package"
colour = "teal"
categories = ["processing"]
command = "cat {file}"
[package]
unpack = [".zip", ".tar.gz"]
file = ["main.txt", "*.txt"]
"""


@pytest.fixture
def own() -> Iterator[Path]:
    """The file of a capsule of one's own."""
    path = config().data_dir / "capsules" / "own.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(OWN)
    yield path
    path.unlink()


def test_a_package_stands_in_the_working_directory_under_its_own_name() -> None:
    ran = run("bash", "cat {file}; ls", ("data 1.csv", b"a,b\n")).succeeded()
    assert ran.out == "a,b\ndata_1.csv\n"


def test_sqoop_is_started_with_its_options_its_file_and_what_it_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in: a real one wants a Hadoop to import into."""
    for program in ("sqoop", "hadoop"):
        (tmp_path / program).write_text('#!/bin/sh\necho "$0 $*" $HADOOP_CONF_DIR; cat "$3"; exit 5\n')
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("HADOOP_CONF_DIR", "/etc/hadoop")
    ran = run("sqoop", "sqoop import --options-file {file}", ("orders.txt", b"--connect\njdbc:x\n"))
    assert (ran.standing.reason, ran.standing.exit_code) == (Reason.EXIT, 5)
    assert ran.out == f"{tmp_path}/sqoop import --options-file orders.txt /etc/hadoop\n--connect\njdbc:x\n"


def test_the_command_of_a_job_is_run_as_it_is() -> None:
    launch = compile_launch(facts_of("bash", "echo {command} {home} ${file} {file}", ("a.txt", b"")))
    assert launch.command == "echo {command} {home} ${file} a.txt"
    assert not launch.steps


def test_an_archive_is_unpacked_where_the_capsule_says_so(own: Path) -> None:
    package = ("a.zip", zip_of({"b/c/main.txt": "deep\n", "b/main.txt": "main\n", "a.txt": "other\n", "b/d.csv": ""}))
    ran = run("own", "cat {file}; ls b", package).succeeded()
    assert ran.out == "main\nc\nd.csv\nmain.txt\n"
    assert "> Unpack a.zip\n4 files\n" in ran.log("setup")
    assert (ran.work / "a.zip").exists()


@pytest.mark.usefixtures("own")
def test_what_macs_and_notebooks_leave_in_archives_is_not_meant() -> None:
    files = {"__MACOSX/main.txt": "mac\n", ".checkpoints/main.txt": "hidden\n", "x/y.txt": "meant\n"}
    assert run("own", None, ("a.zip", zip_of(files))).succeeded().out == "meant\n"


@pytest.mark.usefixtures("own")
def test_an_archive_without_what_is_run_says_so() -> None:
    with pytest.raises(Invalid, match=r"There is no main\.txt or \*\.txt in a\.zip"):
        compile_launch(facts_of("own", None, ("a.zip", zip_of({"a.csv": ""}))))
    with pytest.raises(Invalid, match=r"a\.zip is no archive that can be read"):
        compile_launch(facts_of("own", None, ("a.zip", b"no zip")))


@pytest.mark.usefixtures("own")
def test_an_archive_that_leads_outside_ends_the_execution_before_it_runs() -> None:
    package = ("a.zip", zip_of({"a.txt": "", "../../evil.txt": "evil"}))
    ran = run("own", "echo ran", package)
    assert (ran.standing.reason, ran.out) == (Reason.SETUP, "")
    assert "“../../evil.txt” would be outside of the working directory" in ran.standing.detail
    assert not (ran.directory.parent / "evil.txt").exists()


def test_a_capsule_can_run_its_command_in_the_folder_of_a_file() -> None:
    package = ("shop.zip", zip_of({"the shop/dbt_project.yml": "name: shop\n", "the shop/a.sql": ""}))
    launch = compile_launch(facts_of("dbt", "ls", package))
    assert launch.command == "cd 'the shop' || exit\nls"


def test_the_capsules_own_steps_settings_and_variables_shape_the_execution(own: Path) -> None:
    own.write_text(
        OWN.replace("[package]", 'run = "set -x; {command}"\n[package]')
        + """
[variables]
COLOUR = "red"
[settings]
"a.b" = "it's"
[[steps]]
label = "Write settings"
command = "printf '%s\\\\n' {settings} >settings; echo {file}"
"""
    )
    ran = run("own", 'cat settings; echo "$COLOUR"', ("a.txt", b"")).succeeded()
    assert ran.out == "a.b it's\nred\n"
    assert "> Write settings\na.txt\n" in ran.log("setup")
    assert ran.log("stderr").startswith("+ cat settings")


def test_steps_about_settings_are_left_out_where_there_are_none(own: Path) -> None:
    own.write_text(OWN + '\n[[steps]]\nlabel = "x"\ncommand = "echo {settings}"\n')
    assert compile_launch(facts_of("own", "true")).steps == ()


def test_a_capsule_inherits_only_what_it_names(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own.write_text(OWN.replace("[package]", 'inherit = ["TOOL_*"]\n[package]'))
    monkeypatch.setenv("TOOL_HOME", "/tool")
    monkeypatch.setenv("OTHER_SECRET", "x")
    environment = compile_launch(facts_of("own", "true")).environment
    assert environment["TOOL_HOME"] == "/tool"
    assert "OTHER_SECRET" not in environment
    assert "TOOL_HOME" not in compile_launch(facts_of("bash", "true")).environment


def test_a_missing_tool_is_told_with_what_to_install_instead_of_run(own: Path) -> None:
    own.write_text(OWN + '\n[[needs]]\nfind = ["no-such-tool"]\ninstall = "Install no-such-tool."\n')
    with pytest.raises(MissingTool, match=r"^Install no-such-tool\.$"):
        compile_launch(facts_of("own", "true"))
    # One that was started while the tool was there goes on, and is found again.
    assert known_launch(facts_of("own", "true", timeout_s=9)).limits.timeout_s == 9


def test_a_job_knows_itself() -> None:
    ran = run("bash", "env | grep ^CAPSULIER_JOB | sort", due_us=1_700_000_000_000_000, variables={"MINE": "1"})
    told = dict(line.split("=", 1) for line in ran.succeeded().out.splitlines())
    execution_id = int(told.pop("CAPSULIER_JOB_EXECUTION_ID"))
    assert told == {
        "CAPSULIER_JOB_ATTEMPT": "1",
        "CAPSULIER_JOB_DUE": "2023-11-14T22:13:20+00:00",
        "CAPSULIER_JOB_EXECUTION": "3",
        "CAPSULIER_JOB_ID": "7",
        "CAPSULIER_JOB_NAME": "nightly",
        "CAPSULIER_JOB_PLATFORM": "main",
        "CAPSULIER_JOB_PROGRESS": str(progress_path(execution_id, 1)),
        "CAPSULIER_JOB_TRIGGER": "manual",
        "CAPSULIER_JOB_VERSION": "2",
    }


def test_a_program_can_tell_how_far_it_is() -> None:
    said = '{"progress": 0.25, "note": "loading\\n2 of 8", "outputs": {"rows": 12, "list": [1]}}'
    ran = run("bash", f"cd /; printf %s '{said}' >\"$CAPSULIER_JOB_PROGRESS\"").succeeded()
    execution_id = int(ran.directory.name.split("-")[0])
    told = read_progress(Execution(id=execution_id, placement=1))
    assert told is not None
    assert (told.value, told.note, told.outputs) == (0.25, "loading 2 of 8", {"rows": 12})
    assert told.left_us(told.at_us - 10_000_000) == 30_000_000


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (b'{"progress": 7}', 1.0),
        (b'{"progress": -1}', 0.0),
        (b'{"progress": NaN}', None),
        (b'{"progress": true, "note": 5}', None),
        (b'{"progress": "half"}', None),
    ],
)
def test_progress_is_bounded(said: bytes, value: float | None) -> None:
    progress_path(5, 1).parent.mkdir(parents=True, exist_ok=True)
    progress_path(5, 1).write_bytes(said)
    told = read_progress(Execution(id=5, placement=1))
    assert told is not None
    assert (told.value, told.note, told.left_us(0) if not value else None) == (value, "", None)


@pytest.mark.parametrize("said", [b"", b'{"progress": 0.', b"[1]", b"\xff", b"[" * 50_000, b'"' + b"x" * 70_000 + b'"'])
def test_what_cannot_be_read_is_no_progress(said: bytes) -> None:
    progress_path(6, 1).parent.mkdir(parents=True, exist_ok=True)
    progress_path(6, 1).write_bytes(said)
    assert read_progress(Execution(id=6, placement=1)) is None


def test_a_program_cannot_make_us_read_elsewhere_or_wait() -> None:
    path = progress_path(8, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/etc/passwd")
    assert read_progress(Execution(id=8, placement=1)) is None
    path.unlink()
    os.mkfifo(path)
    assert read_progress(Execution(id=8, placement=1)) is None


def test_a_container_gets_the_variables_of_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "podman"
    stand_in.write_text("#!/bin/sh\necho podman version 1.2.3\n")
    stand_in.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    launch = compile_launch(facts_of("docker", "alpine true", runtime="podman"), {"MINE": "it's"})
    assert launch.command.startswith(f"{stand_in} run --rm ")
    assert launch.command.endswith(" --env MINE alpine true")
    assert "--env CAPSULIER_JOB_NAME" in launch.command
    assert launch.environment["MINE"] == "it's"
