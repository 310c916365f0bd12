"""All capsules of this installation: those of the product, and those in the data directory's `capsules/`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from capsulier.capsules.capsule import Capsule
from capsulier.capsules.reading import BrokenCapsule, read_capsule, said_twice
from capsulier.core.errors import NotFound

SHIPPED = Path(__file__).with_name("shipped")

_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    capsules: Mapping[str, Capsule]
    """By id, in the order of their labels."""
    said: Mapping[str, Mapping[str, Any]]
    """What their files say, for those that extend them."""
    broken: tuple[BrokenCapsule, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Of those that one's own files say: id → name of the file."""


_lately: dict[Path, tuple[_Stamp, Shelf]] = {}


def capsules(own_directory: Path | None = None) -> Mapping[str, Capsule]:
    """Every capsule that can be read, by id, in the order of their labels. One's own replaces the product's of the same
    id. A file that changes is read again at the next call: looking whether any has takes some microseconds."""
    return _shelf(own_directory).capsules


def broken_capsules(own_directory: Path | None = None) -> tuple[BrokenCapsule, ...]:
    """The files of one's own that cannot be used, and what is wrong where."""
    return _shelf(own_directory).broken


def own_files(own_directory: Path) -> Mapping[str, str]:
    """The capsules that are one's own, or changed by one's own: id → name of the file."""
    return _shelf(own_directory).files


def get_capsule(capsule_id: str, own_directory: Path | None = None) -> Capsule:
    """The capsule of this id. Raises NotFound, naming those there are."""
    found = capsules(own_directory)
    if capsule_id not in found:
        raise NotFound(f"There is no capsule “{capsule_id}”. There are: {', '.join(found)}.", field="capsule")
    return found[capsule_id]


def _shelf(own_directory: Path | None) -> Shelf:
    if own_directory is None:
        return _shipped()
    stamp = _stamp(own_directory)
    known = _lately.get(own_directory)
    if known is None or known[0] != stamp:
        known = _lately[own_directory] = stamp, _read(own_directory, _shipped())
    return known[1]


@cache
def _shipped() -> Shelf:
    shelf = _read(SHIPPED, Shelf({}, {}))
    if shelf.broken:
        raise shelf.broken[0]
    return shelf


def _read(directory: Path, below: Shelf) -> Shelf:
    found, said, broken = dict(below.capsules), dict(below.said), []
    files: dict[str, str] = {}
    for path in sorted(directory.glob("*.toml")):
        try:
            capsule, text = read_capsule(path, below.said)
            if capsule.id in files:
                raise said_twice(path, capsule.id, files[capsule.id])
        except BrokenCapsule as error:
            broken.append(error)
        else:
            found[capsule.id], said[capsule.id], files[capsule.id] = capsule, text, path.name
    in_order = sorted(found.items(), key=lambda each: each[1].label.lower())
    return Shelf(dict(in_order), said, tuple(broken), files)


def _stamp(directory: Path) -> _Stamp:
    """Changes with the files in it."""
    try:
        with os.scandir(directory) as entries:
            files = [(each.name, each.stat()) for each in entries if each.name.endswith(".toml")]
    except FileNotFoundError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))
