"""What is compiled for a node of a cluster runs where nothing of ours is, by its launcher."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

from capsulier.core.engine_choice import EngineRule
from capsulier.core.errors import Invalid
from capsulier.services.launches import compile_launch
from tests.archives import wheel_of, zip_of
from tests.capsules.running import facts_of
from tests.engines.launched import Launched, Web, web

ON_SLURM = EngineRule("slurm", options={"partition": "gpu"})
GREETING = wheel_of("greeting", "1", {"greeting.py": "WORDS = 'hello from the wheel'\n"})


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web(tmp_path_factory.mktemp("nodes") / "data") as running:
        yield running


class OnNode:
    """Runs what is compiled, on a node with a home directory of its own."""

    def __init__(self, manager: Web, home: Path) -> None:
        self._manager, self._home = manager, home
        self.launched: list[Launched] = []

    def run(self, facts: Any, *, path: str = "/usr/local/bin:/usr/bin:/bin", **environment: str) -> Launched:
        launch = compile_launch(facts, {"GIVEN": "to this run"}, ON_SLURM)
        self.launched.append(Launched(self._manager, launch))
        self.launched[-1].start(PATH=path, HOME=str(self._home), **environment)
        return self.launched[-1]


@pytest.fixture
def node(manager: Web, tmp_path: Path) -> Iterator[OnNode]:
    node = OnNode(manager, tmp_path)
    yield node
    for each in node.launched:
        each.end_all()


def test_path_and_home_are_the_node_s_and_nothing_is_the_server_s(
    node: OnNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "of_the_server")
    facts = facts_of("bash", "echo $HOME $GIVEN $CAPSULIER_JOB_NAME $SLURM_JOB_ID $LANG; command -v sh")
    ran = node.run(facts, path="/usr/bin:/bin", SLURM_JOB_ID="81", OF_THE_NODE="x")
    assert ran.report().exit_code == 0
    assert ran.log("stdout").decode().splitlines() == [f"{tmp_path} to this run nightly 81", "/usr/bin/sh"]


def test_a_package_is_unpacked_by_a_program_that_travels_with_it(node: OnNode) -> None:
    package = ("a.zip", zip_of({"__main__.py": "import words; print(words.SAID)", "words.py": "SAID = 'from the zip'"}))
    ran = node.run(facts_of("python", "python {file}", package))
    assert ran.report().exit_code == 0, ran.log("stderr")
    assert ran.log("stdout") == b"from the zip\n"


def test_an_environment_is_made_in_the_home_directory_once(node: OnNode, tmp_path: Path) -> None:
    files = {"__main__.py": "import greeting, sys; print(greeting.WORDS)", "requirements.txt": f"./{GREETING[0]}\n"}
    package = ("a.zip", zip_of({**files, GREETING[0]: GREETING[1]}))
    for _ in range(2):
        ran = node.run(facts_of("python", "python {file}", package), path=f"{Path(find_uv_bin()).parent}:/usr/bin:/bin")
        assert ran.report(within_s=40).exit_code == 0, ran.log("setup")
        assert ran.log("stdout") == b"hello from the wheel\n"
    assert len(list((tmp_path / ".cache/capsulier/environments").glob("*/ready"))) == 1
    assert b"The environment is ready." in ran.log("setup")


def test_a_node_without_uv_says_so(node: OnNode) -> None:
    package = ("a.zip", zip_of({"__main__.py": "", "requirements.txt": "x==1\n"}))
    report = node.run(facts_of("python", "python {file}", package), path="/usr/bin:/bin").report()
    assert report.why == "setup"
    assert report.detail.endswith("This node has no uv, which makes environments.")


def test_jobs_of_an_account_do_not_go_to_a_cluster() -> None:
    with pytest.raises(Invalid, match="Manager's own machine only"):
        compile_launch(facts_of("bash", "true", run_as="nobody"), {}, ON_SLURM)


def test_what_the_settings_ask_of_the_engine_goes_with_it() -> None:
    assert compile_launch(facts_of("bash", "true"), {}, ON_SLURM).options == {"partition": "gpu"}
    assert compile_launch(facts_of("bash", "true")).options == {}
