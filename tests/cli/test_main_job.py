"""The main job: a package is made a job, runs, fails, is upgraded, succeeds, is rolled back."""

import re
import zipfile
from pathlib import Path

from tests.cli.conftest import Capsulier

PROGRAM = """
import sys, zipfile, pathlib
archive = zipfile.ZipFile(pathlib.Path(__file__).parent)
for number, line in enumerate(archive.read("day.csv").decode().splitlines()):
    print("read", line, "for", sys.argv[2], flush=True)
    print("warning", number, file=sys.stderr, flush=True)
sys.exit({code})
"""


def package(path: Path, code: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__main__.py", PROGRAM.format(code=code))
        archive.writestr("day.csv", "wheat;210\nmaize;180\n")
    return path


def test_a_package_becomes_a_job_that_fails_is_upgraded_and_rolled_back(
    capsulier: Capsulier, tmp_path: Path, name: str
) -> None:
    broken = package(tmp_path / "nightly.zip", 3)
    command = "python {file} --day today"
    made = capsulier("create", name, "--capsule", "python", "--package", broken, "--command", command)
    assert made.code == 0, made.refused
    assert re.fullmatch(rf"Created “{name}”, job \d+\.\n", made.said)

    ran = capsulier("run", name, "--follow")
    assert ran.out == b"read wheat;210 for today\nread maize;180 for today\n"
    assert ran.refused.startswith("warning 0\nwarning 1\n")
    assert f"Execution 1 of “{name}”: ✕ Failed, exit 3" in ran.refused
    assert ran.code == 3
    assert capsulier("show", name, "--json").json["status"] == "failed"

    fixed = package(tmp_path / "fixed.zip", 0)
    upgraded = capsulier("upgrade", name, "--package", fixed, "--note", "Ends well")
    assert upgraded.said == f"Version 2 of “{name}” is the current one.\n"
    waited = capsulier("run", name, "--wait")
    assert waited.code == 0
    assert f"Execution 2 of “{name}”: ✓ Success" in waited.said

    assert capsulier("rollback", name, 1).code == 0
    assert capsulier("run", name, "--wait").code == 3
    listed = capsulier("executions", name, "--json").json
    assert all(each["cpu_us"] > 0 for each in listed)
    assert [(each["number"], each["version"], each["exit_code"]) for each in listed] == [
        (3, 1, 3),
        (2, 2, 0),
        (1, 1, 3),
    ]


def test_a_package_comes_back_as_it_was(capsulier: Capsulier, tmp_path: Path, name: str) -> None:
    sent = package(tmp_path / "sent.zip", 0)
    uploaded = capsulier("upload", sent, "--json").json
    capsulier("create", name, "--capsule", "python", "--package-id", uploaded["id"])

    assert capsulier("download", name, "-o", "-").out == sent.read_bytes()
    (tmp_path / "there").mkdir()
    assert capsulier("download", name, 1, "--output", tmp_path / "there").code == 0
    assert (tmp_path / "there" / "sent.zip").read_bytes() == sent.read_bytes()

    kept = capsulier("download", name, "--output", tmp_path / "there")
    assert kept.code == 1
    assert "--force" in kept.refused
    assert capsulier("download", name, "--output", tmp_path / "there", "--force").code == 0


def test_what_an_upgrade_does_not_give_stays(capsulier: Capsulier, tmp_path: Path, name: str) -> None:
    capsulier(
        "create", name, "--capsule", "bash", "--command", "cat {file}", "--package", package(tmp_path / "a.zip", 0)
    )
    capsulier("upgrade", name, "--timeout", "PT1H", "--memory-mb", "500", "--cpus", "0.5")
    second = capsulier("versions", name, 2, "--json").json
    assert (second["command"], second["package"]["name"]) == ("cat {file}", "a.zip")
    assert (second["timeout_s"], second["memory_mb"], second["cpus"]) == (3600, 500, 0.5)

    capsulier("upgrade", name, "--no-package", "--command", "true", "--timeout", "0")
    third = capsulier("versions", name, 3, "--json").json
    assert (third["package"], third["timeout_s"], third["memory_mb"]) == (None, None, 500)


def test_a_star_is_set_and_taken_away(capsulier: Capsulier, name: str) -> None:
    capsulier("create", name, "--capsule", "bash")
    assert capsulier("star", name, 1).said == f"Version 1 of “{name}” is a major version.\n"
    assert "★" in capsulier("versions", name).said
    assert capsulier("unstar", name, 1).code == 0
    assert "★" not in capsulier("versions", name).said
