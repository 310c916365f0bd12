"""Runtimes and tools are found on the machine as a capsule's file says."""

import stat
from datetime import date
from pathlib import Path

import pytest

from capsulier.capsules.capsule import Capsule
from capsulier.capsules.finding import find_programs
from capsulier.capsules.rules import RuntimeRule
from capsulier.capsules.runtimes import choose_runtime, find_runtimes
from capsulier.capsules.shelf import capsules
from capsulier.core.errors import MissingTool
from capsulier.services.capsule_health import health_of, runtime_for


def program(path: Path, says: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(stat.S_IRWXU)
    return path


def rule(*find: str, **more: object) -> RuntimeRule:
    given = {"label": "Tool {version}", "version": "{executable} --version", "install": "Install it.", **more}
    return RuntimeRule.model_validate({"find": find, **given})


def test_programs_are_found_by_name_and_by_pattern_the_highest_number_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nine, ten = program(tmp_path / "a" / "tool-9"), program(tmp_path / "a" / "tool-10")
    other = program(tmp_path / "b" / "tool-9")
    (tmp_path / "b" / "tool-11").write_text("not executable")
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    monkeypatch.setenv("TOOLS", str(tmp_path / "b"))
    assert list(find_programs(["tool-*"])) == [ten, nine, other]
    assert list(find_programs(["tool-9"])) == [nine, other]
    assert list(find_programs(["$TOOLS/tool-*", "$NOT_SET/tool-*", "tool-10"])) == [other, ten]


def test_a_runtime_has_what_its_program_says(tmp_path: Path) -> None:
    program(tmp_path / "old" / "bin" / "tool", "tool 1.9.3")
    program(tmp_path / "new" / "bin" / "tool", "tool 1.10.0")
    program(tmp_path / "sick" / "bin" / "tool", "out of order")
    ended = date(2020, 1, 1)
    rules = [
        rule(
            f"{tmp_path}/old/bin/tool",
            f"{tmp_path}/*/bin/tool",
            pattern=r"tool (?P<full>(?P<version>\d+\.\d+)\.\d+)",
            path=["{home}/bin"],
            variables={"TOOL_HOME": "{home}"},
            deprecated={"1.9": ended},
        )
    ]
    new, old = find_runtimes(rules)
    assert (new.id, new.label, new.version, new.recommended) == ("1.10", "Tool 1.10", "1.10.0", True)
    assert (new.path, new.variables) == ((f"{tmp_path}/new/bin",), {"TOOL_HOME": f"{tmp_path}/new"})
    assert (old.id, old.deprecated_since, old.recommended) == ("1.9", ended, False)
    assert choose_runtime(rules, "1.9") is not None
    chosen = choose_runtime(rules, "")
    assert chosen is not None
    assert chosen.id == "1.10"
    assert choose_runtime(rules, "2.0") is None


def test_the_first_found_is_recommended_even_where_all_are_deprecated(tmp_path: Path) -> None:
    for version in ("1", "2"):
        program(tmp_path / version, f"tool {version}")
    old = {"1": date(2020, 1, 1), "2": date(2020, 1, 1)}
    found = find_runtimes([rule(f"{tmp_path}/1", f"{tmp_path}/2", deprecated=old)])
    assert [(each.id, each.recommended) for each in found] == [("2", False), ("1", True)]


def test_a_program_that_is_replaced_is_asked_again(tmp_path: Path) -> None:
    tool = program(tmp_path / "tool", "tool 1")
    assert [each.id for each in find_runtimes([rule(str(tool))])] == ["1"]
    program(tool, "tool 22")
    assert [each.id for each in find_runtimes([rule(str(tool))])] == ["22"]


def capsule_of(tmp_path: Path, **more: object) -> Capsule:
    given = {"id": "own", "label": "Own", "icon": "package", "colour": "blue", "command": "tool"}
    return Capsule.model_validate({**given, "categories": ["processing"], **more})


def test_a_capsule_whose_tool_is_missing_says_what_to_install(tmp_path: Path) -> None:
    needs = [{"find": [f"{tmp_path}/tool"], "install": "The tool is not installed. Install it."}]
    capsule = capsule_of(tmp_path, needs=needs)
    assert health_of(capsule).missing == ("The tool is not installed. Install it.",)
    with pytest.raises(MissingTool, match=r"The tool is not installed\. Install it\."):
        runtime_for(capsule, "")
    program(tmp_path / "tool")
    assert runtime_for(capsule, "") is None  # found at once: what was missing is looked for again


def test_a_version_whose_runtime_is_gone_says_what_there_is(tmp_path: Path) -> None:
    tool = program(tmp_path / "tool-1", "1")
    program(tmp_path / "tool-2", "2")
    find = {"find": [f"{tmp_path}/tool-*"], "label": "Tool", "version": "{executable}", "install": "Install a tool."}
    capsule = capsule_of(tmp_path, runtimes=[find])
    found = runtime_for(capsule, "1")
    assert found is not None
    assert found.executable == str(tool)
    tool.unlink()
    with pytest.raises(MissingTool, match="Own has no runtime “1” on this machine any more; there are 2"):
        runtime_for(capsule, "1")
    (tmp_path / "tool-2").unlink()
    with pytest.raises(MissingTool, match="Install a tool"):
        runtime_for(capsule_of(tmp_path, runtimes=[find]), "")


def test_python_is_found_wherever_capsulier_runs() -> None:
    found = capsules()["python"].runtimes
    assert [each for each in found if each.recommended]
    assert not health_of(capsules()["bash"]).missing


@pytest.mark.parametrize("exit_code", [0, 1])
def test_docker_without_its_daemon_is_no_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int
) -> None:
    docker = program(tmp_path / "docker")
    docker.write_text(f"#!/bin/sh\necho 'Cannot connect to tcp://10.0.0.1:2375' >&2\nexit {exit_code}\n")
    (tmp_path / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    capsule = capsules()["docker"]
    assert capsule.runtimes == ()
    assert capsule.missing[0].startswith("No container engine answers. Install podman")
    program(docker, "24.0.7")
    assert [(each.id, each.label) for each in capsule.runtimes] == [("docker", "docker 24.0.7")]
