"""Finding programs on this machine by name or pattern, as a capsule's file says where to look."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path

from capsulier.capsules.templates import fill

_MOST = 200
"""Programs that are looked at for one list of patterns."""


def server_python() -> str:
    """The directory of the interpreter that runs Capsulier; what is installed with it has its commands there."""
    return str(Path(sys.executable).parent)


def find_programs(patterns: Sequence[str], path: str | None = None) -> Iterator[Path]:
    """The executables that match: in the order of the patterns, of PATH, and the highest numbers in a name first."""
    seen: set[str] = set()
    for pattern in patterns:
        for found in _matches(pattern, (path if path is not None else os.environ.get("PATH", os.defpath))):
            if found in seen or len(seen) >= _MOST:
                continue
            seen.add(found)
            if os.path.isfile(found) and os.access(found, os.X_OK):  # noqa: PTH113 - of many, most are not there
                yield Path(found)


def is_found(patterns: Sequence[str]) -> bool:
    return next(find_programs(patterns), None) is not None


def _matches(pattern: str, path: str) -> Iterator[str]:
    where = expand(pattern)
    if "$" in where:  # a variable that is not set
        return
    is_glob = "*" in where or "[" in where
    # The shims of version managers only choose a version; of many that match most would fail, and slowly.
    directories = [each for each in path.split(":") if each and not (is_glob and Path(each).name == "shims")]
    for place in [where] if "/" in where else [f"{directory}/{where}" for directory in directories]:
        if is_glob:
            yield from sorted(glob(place), key=_by_numbers, reverse=True)  # noqa: PTH207
        else:
            yield place


def expand(text: str) -> str:
    """With `~`, `$NAME` and `{server_python}` put in."""
    filled = fill(text, {"server_python": server_python()})
    return os.path.expanduser(os.path.expandvars(filled))  # noqa: PTH111 - it need not be a path


def _by_numbers(path: str) -> list[tuple[str, int]]:
    """jdk-21 after jdk-9: the numbers in it are compared as numbers."""
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", path)]
