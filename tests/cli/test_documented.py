"""docs/cli.md mentions every command and every option."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from capsulier.__main__ import OPERATIONS
from capsulier.cli.app import make_app

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"(?<![\w-])(?:--?)?[a-z][a-z-]*", PAGE))


def options() -> Iterator[tuple[str, str]]:
    command = typer.main.get_command(make_app("", OPERATIONS, lambda *_: 0))
    context = typer.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        for each in (found, *getattr(found, "commands", {}).values()):
            yield from ((name, option) for option in _options_of(each))
    yield from (("capsulier", option) for option in _options_of(command))


def _options_of(command: typer.core.TyperCommand) -> set[str]:
    told = {
        option for each in command.params for option in (*each.opts, *each.secondary_opts) if option.startswith("--")
    }
    return told - {"--help"}


@pytest.mark.parametrize("command", sorted({name for name, _ in options()} | set(OPERATIONS)))
def test_every_command_is_documented(command: str) -> None:
    assert command in WORDS


@pytest.mark.parametrize(("command", "option"), sorted(options()))
def test_every_option_is_documented(command: str, option: str) -> None:
    assert option in WORDS
