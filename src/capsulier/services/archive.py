"""The file that a backup is: a tar with a beginning, members, and an end that seals all of them.

Half of one has no end, and one that was changed has another seal: neither is restored from.
"""

import fcntl
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

FORMAT = 1
_BEGIN, _END = "capsulier-backup.json", "capsulier-backup-end.json"
_DRAFT = ".partial"
_CHUNK_BYTES = 1024 * 1024


class NoBackup(Exception):  # the sentence is for whoever typed the command
    """This file is no whole backup."""


class ArchiveWriter:
    """Adds members, one after the other."""

    def __init__(self, file: BinaryIO, begin: dict[str, Any]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|")  # noqa: SIM115  # closed by `end`
        self._seal = hashlib.sha256()
        self.add_text(_BEGIN, json.dumps({"format": FORMAT, **begin}))

    def add_text(self, name: str, text: str) -> None:
        content = text.encode()
        self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: IO[bytes]) -> None:
        """Its bytes, as many as it has now: one that grows meanwhile is cut there, one that shrinks is filled up."""
        self._add(name, file, os.fstat(file.fileno()).st_size)

    def end(self, facts: dict[str, Any]) -> None:
        seal = self._seal.hexdigest()
        self.add_text(_END, json.dumps({**facts, "seal": seal}))
        self._tar.close()

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, cast("IO[bytes]", _Sealed(file, size, name, self._seal.update)))


class _Sealed:
    """Reads exactly so many bytes, and tells the seal of each."""

    def __init__(self, file: IO[bytes], size: int, name: str, tell: Callable[[bytes], None]) -> None:
        self._file, self._left, self._tell = file, size, tell
        tell(_heading(name, size))

    def read(self, length: int) -> bytes:
        length = min(length, self._left)
        data = self._file.read(length)
        data += bytes(length - len(data))
        self._left -= length
        self._tell(data)
        return data


@contextmanager
def write_archive(path: Path, begin: dict[str, Any]) -> Iterator[ArchiveWriter]:
    """It is there under its name when all of it is on the disk, or not at all. Who calls ends it."""
    _remove_drafts(path)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_DRAFT)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield ArchiveWriter(file, begin)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
        _sync(path.parent)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def check_archive(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read all of it; its beginning and its end. Raises NoBackup."""
    begin: dict[str, Any] | None = None
    seal = hashlib.sha256()
    try:
        with tarfile.open(path, "r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not _is_plain(member.name):
                    raise NoBackup(f"{path} is no backup of Capsulier.")
                if begin is None:
                    text = content.read()
                    begin = _begin(path, member.name, text)
                    seal.update(_heading(member.name, member.size) + text)
                elif member.name == _END:
                    end = json.loads(content.read())
                    if end["seal"] != seal.hexdigest():
                        raise NoBackup(f"{path} is damaged: what is in it is not what was written.")
                    return begin, end
                else:
                    seal.update(_heading(member.name, member.size))
                    while chunk := content.read(_CHUNK_BYTES):
                        seal.update(chunk)
    except (tarfile.TarError, ValueError, KeyError, EOFError) as error:
        raise NoBackup(f"{path} is no whole backup of Capsulier.") from error
    raise NoBackup(f"{path} is half a backup: its end is missing.")


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """What is in one that `check_archive` has read, in its order."""
    with tarfile.open(path, "r|") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None and member.name not in (_BEGIN, _END):
                yield member.name, content


def _begin(path: Path, name: str, text: bytes) -> dict[str, Any]:
    if name != _BEGIN:
        raise NoBackup(f"{path} is no backup of Capsulier.")
    begin: dict[str, Any] = json.loads(text)
    if begin["format"] != FORMAT:
        raise NoBackup(f"{path} was made by another version of Capsulier, which has to restore it.")
    return begin


def _heading(name: str, size: int) -> bytes:
    return f"{name}\0{size}\0".encode()


def _remove_drafts(path: Path) -> None:
    """What killed processes have left of it; whoever still writes one has it locked."""
    for draft in path.parent.glob(f".{path.name}.*{_DRAFT}"):
        with suppress(OSError), draft.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()


def _is_plain(name: str) -> bool:
    """Below the directory that it is restored into, whoever made the file."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
