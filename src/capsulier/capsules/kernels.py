"""Kernels of Jupyter on this machine: what notebooks can run in, beside the Python interpreters."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from capsulier.capsules.finding import expand
from capsulier.capsules.runtimes import FoundRuntime

_MOST = 100
_LARGEST_BYTES = 100_000
_LONGEST_NAME = 63


def find_kernels(directories: Sequence[str]) -> tuple[FoundRuntime, ...]:
    """Those in these data directories of Jupyter; a pattern may be a list with colons, as $JUPYTER_PATH is. Of one name
    in two directories it is the one found first. A kernel whose program is not there is left out."""
    found: dict[str, FoundRuntime] = {}
    for directory in _each(directories):
        for file in sorted(Path(directory).glob("kernels/*/kernel.json"))[:_MOST]:
            kernel = _read(file, directory)
            if kernel is not None:
                found.setdefault(kernel.id, kernel)
    return tuple(found.values())


def _each(patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        where = expand(pattern)
        if "$" not in where:  # else a variable that is not set
            yield from filter(os.path.isabs, where.split(":"))


def _read(file: Path, directory: str) -> FoundRuntime | None:
    """None: it is no kernel that could be started."""
    name = file.parent.name.lower()  # as Jupyter names it
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(_LARGEST_BYTES))
        program, label = shutil.which(said["argv"][0]), said.get("display_name") or name
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    if program is None or not isinstance(label, str) or len(name) > _LONGEST_NAME:
        return None
    before = os.environ.get("JUPYTER_PATH")
    return FoundRuntime(
        id=name,
        label=" ".join(label.split())[:_LONGEST_NAME],
        version="",
        executable=program,
        path=(),
        # The directory goes first: it may hold another kernel of this name than Jupyter would come upon.
        variables={"CAPSULIER_KERNEL": name, "JUPYTER_PATH": f"{directory}:{before}" if before else directory},
        is_kernel=True,
    )
