"""What is refused says why in one line for each thing that is wrong, ends with 1, and has changed nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier

Make = Callable[..., str]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--command", "echo 'one"], "has no end"),
        (["--command", "cat {file}"], "there is no package"),
        (["--cron", "0 0 30 2 *"], "never"),
        (["--schedule", "R5/2040-12-01T08:00:00"], "delay between runs is required"),
        (["--cron", "0 8 * * *", "--timezone", "Europe/Pari"], "Did you mean Europe/Paris?"),
        (["--retry-delay", "15 minutes"], "is not a delay"),
        (["--timeout", "P1M"], "seconds, minutes, hours, days or weeks"),
        (["--alert-email", "nobody"], "is not an email address"),
        (["--package", "missing.zip"], "cannot be read"),
        (["--package-id", "999999"], "999999"),
    ],
)
def test_a_new_job_that_cannot_be_is_refused(capsulier: Capsulier, name: str, options: list[str], words: str) -> None:
    refused = capsulier("create", name, "--capsule", "bash", *options)
    assert (refused.code, refused.out) == (1, b"")
    assert words in refused.refused
    assert refused.refused.count("\n") == 1
    assert capsulier("jobs", "--search", name, "--json").json == []


def test_several_things_that_are_wrong_get_a_line_each(capsulier: Capsulier, name: str) -> None:
    refused = capsulier("create", name, "--capsule", "bash", "--command", "echo 'one", "--alert-email", "nobody")
    assert len(refused.refused.splitlines()) == 2


def test_a_name_that_exists_or_is_empty(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    assert (
        f"A job named “{name.upper()}” exists already" in capsulier("create", name.upper(), "--capsule", "bash").refused
    )
    assert capsulier("create", "  ", "--capsule", "bash").refused == "Give the job a name.\n"


def test_a_package_that_the_capsule_does_not_take(capsulier: Capsulier, name: str, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("wheat;210\n")
    refused = capsulier("create", name, "--capsule", "python", "--package", "prices.csv", "--command", "python {file}")
    assert "does not take “prices.csv”" in refused.refused


def test_what_is_no_utf_8_is_bad_usage_but_for_the_name_of_a_file(
    capsulier: Capsulier, name: str, tmp_path: Path
) -> None:
    for arguments in (
        ["create", "caf\udce9", "--capsule", "bash"],
        ["run", "\udcff"],
        ["run", name, "--var", "A=\udcff"],
    ):
        refused = capsulier(*arguments)
        assert (refused.code, refused.out) == (2, b"")
        assert refused.refused.endswith("is not valid UTF-8.\n")
    (tmp_path / "caf\udce9.py").write_text("print(1)")
    assert capsulier("create", name, "--capsule", "python", "--package", "caf\udce9.py").code == 0


def test_variables_are_pairs(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    assert capsulier("run", name, "--var", "DAY").code == 2
    assert capsulier("run", name, "--var", "1DAY=x").code == 1
    assert capsulier("run", name, "--follow", "--json").code == 2
    assert capsulier("executions", name, "--json").json == []


def test_where_no_manager_answers_it_is_said_how_to_go_on(
    capsulier: Capsulier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPSULIER_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CAPSULIER_TOKEN", "cap_x")
    refused = capsulier("jobs")
    assert (refused.code, refused.refused.count("\n")) == (1, 1)
    assert "No Manager answers on http://127.0.0.1:9" in refused.refused
    monkeypatch.setenv("CAPSULIER_URL", "127.0.0.1")
    assert "http://host:7410" in capsulier("jobs").refused
    monkeypatch.delenv("CAPSULIER_URL")
    monkeypatch.setenv("CAPSULIER_DATA_DIR", str(tmp_path / "empty"))
    assert "capsulier serve" in capsulier("jobs").refused
