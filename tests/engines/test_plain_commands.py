"""Commands that are started without a second shell do what `sh -c` would have done."""

import os
import subprocess
from pathlib import Path

import pytest

from capsulier.engines.local.plain import plain_words

PATH = os.environ["PATH"]


@pytest.mark.parametrize("command", ["/bin/true", "python3 job.zip --day=today", "env A=1 ls -l /tmp", "date +%s"])
def test_a_program_with_plain_words_needs_no_shell(command: str) -> None:
    assert plain_words(command, PATH) == command
    assert plain_words(f"exec {command}", PATH) == command


def test_what_is_to_be_executed_is_a_program_whatever_its_name() -> None:
    assert plain_words("exec true", PATH) == "true"


@pytest.mark.parametrize(
    "command",
    [
        "A=1 env",
        "echo hello",
        "exit 3",
        "exec",
        "exec exec ls",
        "exec -a name ls",
        "exec no-such-program-anywhere",
        "true",
        "ls *.txt",
        "ls ~",
        "ls $HOME",
        "ls; ls",
        "ls | cat",
        "ls > out",
        "ls 'a b'",
        "ls\nls",
        "ls  two-spaces",
        " ls",
        "ls ",
        "./run.sh",
        "bin/run",
        "no-such-program-anywhere",
        "/no/such/program",
        "ls # all",
        "! ls",
        "",
    ],
)
def test_whatever_a_shell_would_treat_is_left_to_it(command: str) -> None:
    assert plain_words(command, PATH) == ""


def test_every_builtin_and_keyword_of_bash_is_left_to_the_shell() -> None:
    names = subprocess.run(["bash", "-c", "compgen -bk"], check=True, capture_output=True, text=True).stdout.split()
    assert len(names) > 60
    assert not [name for name in names if plain_words(name, PATH)]


def test_every_builtin_of_dash_is_left_to_it() -> None:
    programs = {
        path.name for path in Path("/usr/bin").iterdir() if path.name.isalpha() and plain_words(path.name, PATH)
    }
    asked = "".join(f"type {name}\n" for name in sorted(programs))
    told = subprocess.run(["sh"], check=False, input=asked, capture_output=True, text=True).stdout.splitlines()
    assert len(told) > 100
    assert not [line for line in told if "builtin" in line or "keyword" in line]
