"""What a package asks to be installed."""

from pathlib import Path

import pytest

from capsulier.core.errors import Invalid
from capsulier.packages.requirements import Asked, read_requirements
from tests.archives import zip_of


def asked(tmp_path: Path, name: str = "a.zip", **files: str) -> Asked | None:
    path = tmp_path / name
    path.write_bytes(
        zip_of({each.replace("_txt", ".txt").replace("_toml", ".toml"): text for each, text in files.items()})
    )
    return read_requirements(path, name)


def test_a_script_or_a_zip_without_a_list_asks_for_nothing(tmp_path: Path) -> None:
    assert read_requirements(tmp_path / "gone.py", "a.py") is None
    assert asked(tmp_path, main="") is None
    assert asked(tmp_path, "b.zip", requirements_txt="# nothing\n\n") is None
    assert asked(tmp_path, "c.zip", pyproject_toml="[tool.ruff]\n") is None


def test_requirements_go_before_a_project(tmp_path: Path) -> None:
    found = asked(tmp_path, requirements_txt="\ufeffx==1 \n# y\n", pyproject_toml="[project]\ndependencies = ['z']")
    assert found == Asked("requirements.txt", "x==1")


def test_a_projects_dependencies_are_asked_for(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['z']"
    assert asked(tmp_path, pyproject_toml=text) == Asked("pyproject.toml", text)


def test_a_wheel_asks_for_itself(tmp_path: Path) -> None:
    name = "x-1-py3-none-any.whl"
    assert read_requirements(tmp_path / name, name) == Asked(name, needs_package=True)


@pytest.mark.parametrize(
    "line",
    ["-r more.txt", "-c limits.txt", "--requirement x", "./lib", "../lib", ".", "x @ ./lib", "x @ file:lib", "a.whl"],
)
def test_a_list_that_names_files_beside_it_belongs_to_this_package(tmp_path: Path, line: str) -> None:
    found = asked(tmp_path, requirements_txt=f"x\n{line}\n")
    assert found is not None
    assert found.needs_package


@pytest.mark.parametrize(
    "line", ["x==1.2", "x[a]>=1; python_version < '3.9'", "--index-url https://host/x", "y @ https://h/y.whl"]
)
def test_other_lists_are_the_same_wherever_they_stand(tmp_path: Path, line: str) -> None:
    assert asked(tmp_path, requirements_txt=line) == Asked("requirements.txt", line)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"requirements_txt": "-e ."}, "a package cannot be edited"),
        ({"pyproject_toml": "x ="}, "cannot be read"),
        ({"pyproject_toml": "[project]\ndynamic = ['dependencies']"}, "leaves its dependencies open"),
        ({"requirements_txt": "x" * 1_000_001}, "larger than 1,000,000 bytes"),
    ],
)
def test_what_cannot_be_had_is_refused(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        asked(tmp_path, **files)


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(Invalid, match=r"a\.zip is no zip that can be read"):
        read_requirements(tmp_path / "a.zip", "a.zip")
