"""`capsulier variables` and `capsulier audit`: no secret in an argument, in an answer, or in the list of processes."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Capsulier

SECRET = "hunter22-and-more"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this come in on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_variables_are_set_listed_and_unset(capsulier: Capsulier, job: Callable[..., str]) -> None:
    name = job("true")
    assert capsulier("variables", "set", "DAY=monday=1", "--job", name).said == f"Set DAY of “{name}”.\n"
    [row] = capsulier("variables", "list", "--job", name, "--json").json
    assert (row["value"], row["secret"], row["of_job"]) == ("monday=1", False, True)
    assert capsulier("variables", "unset", "DAY", "--job", name).code == 0
    assert "There are no variables" in capsulier("variables", "list", "--job", name).refused
    assert "no variable DAY" in capsulier("variables", "unset", "DAY", "--job", name).refused


def test_a_secret_comes_from_standard_input_or_a_file_and_reaches_the_program(
    capsulier: Capsulier, job: Callable[..., str], typed: Callable[[str], None], tmp_path: Path
) -> None:
    name = job('test "$ONE" = hunter22-and-more && test "$TWO" = "$ONE" && echo "with $ONE"')
    typed(f"{SECRET}\n")
    assert capsulier("variables", "set", "ONE", "--secret", "--job", name).code == 0
    (tmp_path / "two").write_text(f"{SECRET}\n")
    assert capsulier("variables", "set", "TWO", "--secret", "--job", name, "--from-file", "two").code == 0
    assert "(secret)" in (listed := capsulier("variables", "list", "--job", name).said)
    assert SECRET not in listed
    ran = capsulier("run", name, "--follow")
    assert (ran.code, ran.said) == (0, f"with {'*' * len(SECRET)}\n")
    assert SECRET not in capsulier("logs", name).said


def test_a_secret_of_one_run_is_taken_from_ones_own_environment(
    capsulier: Capsulier, job: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = job('echo "$MINE" | tr a-z A-Z')
    monkeypatch.setenv("MINE", SECRET)
    ran = capsulier("run", name, "--secret-var", "MINE", "--follow")
    assert ran.said == f"{SECRET.upper()}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("variables", "set", f"A={SECRET}", "--secret"),
        ("variables", "set", "A=1", "--from-file", "a"),
        ("run", "nightly", "--secret-var", f"A={SECRET}"),
    ],
)
def test_a_secret_among_the_arguments_is_bad_usage(
    capsulier: Capsulier, job: Callable[..., str], name: str, arguments: tuple[str, ...]
) -> None:
    job("true")
    ended = capsulier(*(name if each == "nightly" else each for each in arguments))
    assert ended.code == 2
    assert SECRET not in ended.refused


@pytest.mark.parametrize(("name", "words"), [("PATH", "PATH cannot be set"), ("1A", "not beginning with a digit")])
def test_a_refusal_is_one_line(capsulier: Capsulier, typed: Callable[[str], None], name: str, words: str) -> None:
    typed(SECRET)
    ended = capsulier("variables", "set", name, "--secret")
    assert (ended.code, ended.refused.count("\n")) == (1, 1)
    assert words in ended.refused


def test_a_file_that_is_no_text_is_refused(capsulier: Capsulier, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert "bytes is no text" in capsulier("variables", "set", "A", "--from-file", "bytes").refused
    assert "No such file" in capsulier("variables", "set", "A", "--from-file", "nowhere").refused


def test_the_audit_trail_is_read_and_exported(capsulier: Capsulier, job: Callable[..., str]) -> None:
    name = job("true")
    capsulier("variables", "set", "DAY=1", "--job", name)
    said = capsulier("audit", "--job", name).said
    assert "command line" in said
    assert "variable DAY" in said
    [row] = capsulier("audit", "--job", name, "--what", "variable", "--json").json
    assert (row["verb"], row["after"]) == ("set", {"value": "1"})
    assert capsulier("audit", "--job", name, "--export", "csv").said.startswith("id,at,who")
    assert capsulier("audit", "--job", name, "--until", "2020-01-01").refused == "Nothing of that was done.\n"
    assert capsulier("audit", "--export", "xml").code == 1
