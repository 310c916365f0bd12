"""Kernels of Jupyter are found where Jupyter would find them."""

import json
import sys
from pathlib import Path

import pytest

from capsulier.capsules.kernels import find_kernels
from capsulier.capsules.shelf import get_capsule
from capsulier.services.launches import compile_launch
from tests.capsules.running import facts_of


def kernel(data_dir: Path, name: str, program: str = sys.executable, **more: object) -> Path:
    file = data_dir / "kernels" / name / "kernel.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"argv": [program, "-m", "x"], "display_name": f"The {name}", "language": "r", **more}))
    return file


def test_kernels_are_found_in_the_data_directories_of_jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel(tmp_path / "a", "IR")
    kernel(tmp_path / "b", "ir", display_name="Another")
    kernel(tmp_path / "b", "bash", "sh")
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path}/a:{tmp_path}/b")
    found = find_kernels(["$JUPYTER_PATH", "$NOT_SET", "~/none"])
    assert [(each.id, each.label) for each in found] == [("ir", "The IR"), ("bash", "The bash")]
    assert found[1].variables == {
        "CAPSULIER_KERNEL": "bash",
        "JUPYTER_PATH": f"{tmp_path}/b:{tmp_path}/a:{tmp_path}/b",
    }


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"argv": []}', '{"argv": [5]}', '{"argv": ["no-such-program"]}', "["]
)
def test_what_could_not_be_started_is_left_out(tmp_path: Path, text: str) -> None:
    kernel(tmp_path, "broken").write_text(text)
    kernel(tmp_path, "good")
    assert [each.id for each in find_kernels([str(tmp_path)])] == ["good"]


def test_a_notebook_runs_in_the_kernel_chosen_by_the_interpreter_that_is_recommended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel(tmp_path, "ir")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert "ir" in [each.id for each in get_capsule("notebook").runtimes]
    package = ("a.ipynb", b"{}")
    chosen = compile_launch(facts_of("notebook", None, package, runtime="ir"))
    usual = compile_launch(facts_of("notebook", None, package))
    assert chosen.environment["CAPSULIER_KERNEL"] == "ir"
    assert "CAPSULIER_KERNEL" not in usual.environment
    assert chosen.environment["VIRTUAL_ENV"] == usual.environment["VIRTUAL_ENV"]
