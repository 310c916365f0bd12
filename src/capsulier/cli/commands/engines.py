"""Engines: where executions run."""

from collections.abc import Callable
from typing import Any

from capsulier.cli.connection import connect
from capsulier.cli.options import Json
from capsulier.cli.output import Cell, print_json, print_table, say_aside
from capsulier.cli.standing import distance
from capsulier.core.wording import size_in_words


def engines(as_json: Json = False) -> None:
    """List the engines, their nodes and what is at work there."""
    rows = list(connect().items("engines"))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Engine", "Node", "State", ">CPUs", ">Memory", ">At work", "Can"),
        (row for engine in rows for row in _rows(engine)),
        empty="No conductor has led yet, so no engine was seen.",
    )
    for engine in rows:
        if not engine["is_fresh"]:
            say_aside(f"“{engine['name']}” was last seen {distance(engine['seen_at'])}: no conductor leads now.")


def _use(in_words: Callable[[int], str], used: int | None, of: int) -> str:
    return in_words(of) if used is None else f"{in_words(used)} of {in_words(of)}"


def _rows(engine: dict[str, Any]) -> list[tuple[Cell | str, ...]]:
    can = ", ".join(each.replace("_", " ") for each in engine["abilities"])
    return [
        (
            engine["name"],
            node["name"],
            node["state"],
            _use(str, node["used_cpus"], node["cpus"]),
            _use(size_in_words, node["used_memory_bytes"], node["memory_bytes"]),
            str(node["executions"]),
            can,
        )
        for node in engine["nodes"]
    ]
