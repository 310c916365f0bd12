"""The files of packages and executions on the command line."""

from collections.abc import Callable
from pathlib import Path

from tests.archives import zip_of
from tests.cli.conftest import Capsulier


def test_what_is_in_a_package_is_listed_and_printed(
    capsulier: Capsulier, job: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "load.zip").write_bytes(zip_of({"main.py": "print(1)\n", "lib/\u00fc #1.txt": "one"}))
    name = job("true", "--package", str(tmp_path / "load.zip"))
    listed = capsulier("files", name)
    assert "main.py" in listed.said
    assert [each["path"] for each in capsulier("files", name, "--json").json] == ["main.py", "lib/\u00fc #1.txt"]
    assert capsulier("files", name, "lib/\u00fc #1.txt").out == b"one"
    assert capsulier("files", name, "main.py", "--version", 1, "-o", "saved.py").code == 0
    assert (tmp_path / "saved.py").read_bytes() == b"print(1)\n"
    refused = capsulier("files", name, "gone.py")
    assert (refused.code, refused.refused) == (1, "There is no file \u201cgone.py\u201d in load.zip.\n")


def test_what_an_execution_has_made_is_listed_and_printed(capsulier: Capsulier, job: Callable[..., str]) -> None:
    name = job("echo made >made.txt")
    assert capsulier("run", name, "--wait").code == 0
    assert [each["path"] for each in capsulier("files", name, "--execution", 1, "--json").json] == ["made.txt"]
    assert capsulier("files", name, "made.txt", "--execution", 1).out == b"made\n"


def test_what_makes_no_sense_is_refused_in_a_line(capsulier: Capsulier, job: Callable[..., str]) -> None:
    name = job("true")
    assert "Version 1 has no package." in capsulier("files", name).refused
    assert "leave --version or --execution out" in capsulier("files", name, "--version", 1, "--execution", 1).refused
    assert "Say which file" in capsulier("files", name, "--output", "x").refused
