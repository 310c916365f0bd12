"""What is in a package: the files of an archive by name and size, read from its directory, never unpacked."""

import struct
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

MOST_FILES = 5_000
_MOST_DIRECTORY_BYTES = 8_000_000
"""Of a zip's directory, which is read whole."""
_MOST_TAR_BYTES = 200_000_000
"""A tar has no directory: its members are walked through, unpacking on the way, so far at most."""
_ZIP_END = struct.Struct("<4s4H2LH")
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


@dataclass(frozen=True, slots=True)
class Contents:
    files: dict[str, int]
    """Name → size in bytes, unpacked."""
    is_cut: bool
    """There are more."""


def list_contents(path: Path, name: str) -> Contents | None:
    """The files in it; None for what is no archive, is broken, or is too large to be listed quickly."""
    with suppress(OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError):
        if name.lower().endswith(_TAR_SUFFIXES):
            with tarfile.open(path, "r:*") as tar:
                return _taken(_tar_files(tar))
        if _may_be_listed(path):
            with zipfile.ZipFile(path) as archive:
                return _taken((each.filename, each.file_size) for each in archive.infolist() if not each.is_dir())
    return None


def _may_be_listed(path: Path) -> bool:
    """Does it end in the record of a zip whose directory is not too large? It says so itself."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _ZIP_END.size - 0xFFFF))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < _ZIP_END.size:
        return False
    directory_bytes: int = _ZIP_END.unpack_from(end, at)[5]
    return directory_bytes <= min(_MOST_DIRECTORY_BYTES, size)


def _tar_files(tar: tarfile.TarFile) -> Iterator[tuple[str, int] | None]:
    for member in tar:
        if member.offset_data > _MOST_TAR_BYTES:
            yield None
            return
        if member.isfile():
            yield member.name, member.size


def _taken(found: Iterable[tuple[str, int] | None]) -> Contents:
    """None says that there is more."""
    taken = list(islice(found, MOST_FILES + 1))
    files = dict(each for each in taken[:MOST_FILES] if each)
    return Contents(files, is_cut=len(taken) > MOST_FILES or None in taken)
