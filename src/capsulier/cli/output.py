"""What a command prints: sentences, tables, JSON. Nothing that others wrote can steer the terminal."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from typer import echo

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, but for tab and newline, and those that turn the direction of writing."""
_AFTER_ASCII = re.compile(r"[\x7f-\x9f]")


class Cell(NamedTuple):
    text: str
    style: str = ""
    """As Rich names it."""


Fact: TypeAlias = tuple[str, Cell | str]
"""Its name, and what it is."""


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    return _STEERING.sub("", text)


def on_one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def say(sentence: str) -> None:
    echo(printable(sentence))


def say_aside(sentence: str) -> None:
    """On standard error: about the work, not its result."""
    echo(printable(sentence), err=True)


def print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    echo(_AFTER_ASCII.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Cell | str]], *, empty: str) -> None:
    """A line per row; `empty` where there is none. Headings that begin with ">" stand over right-aligned columns."""
    cells = [[each if isinstance(each, Cell) else Cell(each) for each in row] for row in rows]
    if not cells:
        say_aside(empty)
    elif sys.stdout.isatty():
        _print_rich(headings, cells)
    else:
        _print_plain(headings, cells)


def print_facts(facts: Iterable[Fact]) -> None:
    """One fact a line, its name before it; those without a value are left out."""
    told = [(name, Cell(value) if isinstance(value, str) else value) for name, value in facts]
    told = [(name, value) for name, value in told if value.text]
    width = max(len(name) for name, _ in told)
    for name, value in told:
        first, *more = printable(value.text).splitlines() or [""]
        print_line(f"{name:<{width}}  ", Cell(first, value.style))
        for line in more:
            echo(f"{'':<{width}}  {line}")


def print_line(before: str, cell: Cell) -> None:
    if cell.style and sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415  # 0.1 s, for terminals only
        from rich.text import Text  # noqa: PLC0415

        Console(highlight=False).print(Text(before).append(printable(cell.text), cell.style), soft_wrap=True)
    else:
        echo(before + printable(cell.text))


def _print_rich(headings: Sequence[str], rows: list[list[Cell]]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading.lstrip(">"), justify="right" if heading.startswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(on_one_line(cell.text), cell.style) for cell in row))
    Console(highlight=False).print(table)


def _print_plain(headings: Sequence[str], rows: list[list[Cell]]) -> None:
    from rich.cells import cell_len  # noqa: PLC0415

    lines = [[heading.lstrip(">") for heading in headings], *([on_one_line(cell.text) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (
            " " * (width - cell_len(text)) + text if heading.startswith(">") else text + " " * (width - cell_len(text))
            for heading, text, width in zip(headings, line, widths, strict=True)
        )
        echo("  ".join(padded).rstrip())
