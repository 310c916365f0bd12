"""The files of an execution: where they are, what they take, how they go."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from capsulier.config import config
from capsulier.engines.local.paths import WORK, placement_directory
from capsulier.logs.files import LogName
from capsulier.logs.packed import packed_path
from capsulier.logs.packing import pack_log


class Sizes(NamedTuple):
    """What they take on the disk."""

    log_bytes: int
    work_bytes: int


def execution_directory(execution_id: int, placement: int) -> Path:
    """The directory with the logs and the working directory of this placement, whether it is still there or not."""
    return placement_directory(config().executions_dir, execution_id, placement)


def execution_directories(execution_id: int, last_placement: int) -> list[Path]:
    """Those of all its placements."""
    return [execution_directory(execution_id, placement) for placement in range(1, last_placement + 1)]


def measure(execution_id: int, last_placement: int) -> Sizes:
    """What all its placements take, and what is left of a removal that was cut off."""
    log_bytes = work_bytes = 0
    for directory in execution_directories(execution_id, last_placement):
        work = _taken(directory / WORK) + _taken(_going(directory / WORK))
        log_bytes += _taken(directory) + _taken(_going(directory)) - work
        work_bytes += work
    return Sizes(log_bytes, work_bytes)


def remove_files(execution_id: int, last_placement: int) -> None:
    """Remove all of them. Killed in between and done again is the same as once."""
    for directory in execution_directories(execution_id, last_placement):
        _remove(directory)


def remove_work(execution_id: int, last_placement: int) -> None:
    """Remove its working directories."""
    for directory in execution_directories(execution_id, last_placement):
        _remove(directory / WORK)


def pack_logs(execution_id: int, last_placement: int, stop: Callable[[], bool]) -> bool:
    """Pack its logs; whether there is none left to pack."""
    logs = [
        name.in_directory(directory)
        for directory in execution_directories(execution_id, last_placement)
        for name in LogName
    ]
    # All of them: one that somebody still writes to does not hold up the others.
    are_packed = [pack_log(each, stop) for each in logs if each.exists() or packed_path(each).exists()]
    return all(are_packed)


def _remove(directory: Path) -> None:
    """Whoever looks finds all of it or nothing."""
    going = _going(directory)
    shutil.rmtree(going, ignore_errors=True)
    with suppress(OSError):
        directory.rename(going)
    shutil.rmtree(going, ignore_errors=True)


def _going(directory: Path) -> Path:
    return directory.with_name(f".{directory.name}.going")


def _taken(directory: Path) -> int:
    """Blocks, as a program may leave holes in its files; without following links."""
    taken = 0
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    taken += _taken(Path(entry.path))
                else:
                    with suppress(FileNotFoundError):
                        taken += entry.stat(follow_symlinks=False).st_blocks * 512
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # gone meanwhile, or not ours to look into
    return taken
