"""The files that an execution has in its working directory: its package, and what it has made."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from capsulier.capsules.shelf import capsules
from capsulier.config import config
from capsulier.core.access import Actor
from capsulier.core.errors import LogGone, NotFound
from capsulier.core.readable import MOST_BYTES, LookedAt, as_text
from capsulier.engines.local.paths import WORK
from capsulier.logs.source import LogFile, open_regular
from capsulier.services.execution_files import execution_directory
from capsulier.services.finding import find_execution
from capsulier.services.masking import masker_of
from capsulier.store.models import Execution

MOST_FILES = 5_000


@dataclass(frozen=True, slots=True)
class WorkFile:
    path: str
    """In the working directory."""
    size_bytes: int
    modified_us: int


def list_work_files(actor: Actor, execution_id: int) -> tuple[list[WorkFile], bool]:
    """The first 5,000 of them by name, and whether there are more. Raises LogGone where they are no longer kept."""
    work = _work_of(find_execution(actor, execution_id))
    found = list(islice(_walk(work, ""), MOST_FILES + 1))
    return found[:MOST_FILES], len(found) > MOST_FILES


def find_work_file(actor: Actor, execution_id: int, path: str) -> LogFile:
    """One of them, to be read as it is. Raises NotFound; also for a link that leads out of the directory."""
    execution = find_execution(actor, execution_id)
    work = _work_of(execution)
    file = Path(os.path.realpath(work / path)) if "\0" not in path else work
    if not file.is_relative_to(os.path.realpath(work)) or not file.is_file():
        raise NotFound(f"Execution {execution.number} has no file “{path[:200]}” in its working directory.")
    return LogFile(file, None, within=work)


def look_at_work_file(actor: Actor, execution_id: int, path: str, *, most_bytes: int = MOST_BYTES) -> LookedAt:
    """The beginning of one of them, secret values masked. Raises NotFound."""
    data, size_bytes = read_work_file(actor, execution_id, path, most_bytes + 1)
    return LookedAt(path, size_bytes, as_text(data, most_bytes=most_bytes))


def read_work_file(actor: Actor, execution_id: int, path: str, most_bytes: int) -> tuple[bytes, int]:
    """At most so many bytes of one of them, to be shown: secret values masked; and how many it has. Raises NotFound."""
    masker = masker_of(find_execution(actor, execution_id))
    try:
        found = find_work_file(actor, execution_id, path)
        with open_regular(found.path, found.within) as file:
            data, size_bytes = file.read(most_bytes), os.fstat(file.fileno()).st_size
            return masker.mask(data) if masker else data, size_bytes
    except FileNotFoundError as error:
        raise NotFound(f"“{path[:200]}” is there no more.") from error


def find_result(execution: Execution) -> str | None:
    """The file that its capsule says an execution is about, where it has made it."""
    capsule = capsules(config().data_dir / "capsules").get(execution.job.capsule)
    if capsule is None or not capsule.result or execution.started_us is None:
        return None
    work = execution_directory(execution.pk, execution.placement) / WORK
    return capsule.result if (work / capsule.result).is_file() else None


def _work_of(execution: Execution) -> Path:
    work = execution_directory(execution.pk, max(1, execution.placement)) / WORK
    if execution.started_us is not None and not work.exists():
        raise LogGone(f"The files of execution {execution.number} are no longer kept.")
    return work


def _walk(directory: Path, inside: str) -> Iterator[WorkFile]:
    """Files only, no links; folders after the files beside them."""
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda each: (each.is_dir(follow_symlinks=False), each.name))
    except OSError:  # gone meanwhile, or not ours to look into
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(directory / entry.name, f"{inside}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            try:
                stat = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield WorkFile(inside + entry.name, stat.st_size, stat.st_mtime_ns // 1000)
