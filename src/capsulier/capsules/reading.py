"""Reading a capsule's file, and saying where one that cannot be used is wrong."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from capsulier.capsules.capsule import Capsule

_HEADER = re.compile(r"^\s*(\[{1,2})\s*([A-Za-z0-9_.\"'-]+)\s*\]")


class BrokenCapsule(Exception):
    """A file that cannot be used; the others work."""

    def __init__(self, file: str, line: int | None, what: str) -> None:
        super().__init__(file, line, what)
        self.file, self.line, self.what = file, line, what

    @property
    def sentence(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.what}"

    def __str__(self) -> str:
        return self.sentence


def read_capsule(path: Path, known: Mapping[str, Mapping[str, Any]] | None = None) -> tuple[Capsule, dict[str, Any]]:
    """The capsule of this file, and what it says in full. `known` has what those say that it may extend, by id.
    Raises BrokenCapsule."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BrokenCapsule(path.name, line, "it cannot be read: this line is not in UTF-8") from error
    except OSError as error:
        raise BrokenCapsule(path.name, None, f"it cannot be read: {error.strerror}") from error
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken_toml(path.name, text, str(error)) from error
    _find_scripts(path, text, said)
    if "extends" in said:
        said = _extended(path.name, text, said, known or {})
    try:
        capsule = Capsule.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        keys = tuple(key for key in first["loc"] if key != "[key]")
        where = ".".join(str(key) for key in keys)
        # What is missing above all tables belongs into the first line.
        raise BrokenCapsule(path.name, _line_of(text, keys) or 1, f"{where}: {_in_words(first)}") from error
    return capsule, said


def said_twice(path: Path, capsule_id: str, elsewhere: str) -> BrokenCapsule:
    """What is wrong with a file whose capsule another file says, too."""
    text = path.read_text(encoding="utf-8")
    line = _line_of(text, ("id",)) or _line_of(text, ("extends",))
    return BrokenCapsule(path.name, line, f"id: {elsewhere} is the capsule “{capsule_id}” already")


def _find_scripts(path: Path, text: str, said: dict[str, Any]) -> None:
    """Scripts are named as they stand beside the file; what is kept of them is where they are."""
    environment = said.get("environment")
    scripts = environment.get("scripts") if isinstance(environment, dict) else None
    if not isinstance(scripts, dict):
        return
    for command, script in scripts.items():
        if not path.with_name(str(script)).is_file():
            line = _line_of(text, ("environment", "scripts", command))
            raise BrokenCapsule(path.name, line, f"environment.scripts.{command}: there is no file {script} beside it")
        scripts[command] = str(path.with_name(script))


def _broken_toml(file: str, text: str, error: str) -> BrokenCapsule:
    what, _, where = error.rpartition(" (at ")
    line = re.match(r"line (\d+)", where)
    return BrokenCapsule(file, int(line[1]) if line else len(text.splitlines()), what or error)


def _extended(file: str, text: str, said: dict[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the file says over what the one that it extends says. Tables are merged, everything else is replaced."""
    named = said.pop("extends")
    if named not in known:
        there = ", ".join(sorted(known))
        raise BrokenCapsule(file, _line_of(text, ("extends",)), f"extends: there is no “{named}”; there are {there}")
    return _merged(known[named], said)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }
    return {**below, **both}


def _in_words(error: Any) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "missing":
        return "it is missing"
    if kind == "extra_forbidden":
        return "a capsule has no such key"
    return message.removeprefix("Value error, ")


def _line_of(text: str, keys: tuple[str | int, ...]) -> int | None:
    """The line where this key stands, or the table that it should stand in."""
    table: list[str] = []
    counted: dict[str, int] = {}
    wanted = [str(key) for key in keys if not isinstance(key, int)]
    position = next((key for key in keys if isinstance(key, int)), None)
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = [part.strip(" \"'") for part in header[2].split(".")]
            name = ".".join(table)
            counted[name] = counted.get(name, -1) + (1 if header[1] == "[[" else 0)
            here = table
        elif assigned := re.match(r"^\s*([\"']?)([^\"'=\s]+)\1\s*=", line):
            here = [*table, assigned[2]]
        else:
            continue
        index = counted.get(".".join(table), -1)
        if here == wanted[: len(here)] and (index < 0 or position in (None, index)):
            best = max(best or (0, 0), (len(here), -number))
    return -best[1] if best else None
