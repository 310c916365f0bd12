"""One file of a package: found in the archive by its name, read while it is unpacked, written nowhere."""

import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from capsulier.core.errors import CannotBeRead, NotFound
from capsulier.packages.archives import DAMAGED, MOST_TAR_BYTES, is_tar, is_zip, tar_name

_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
"""Those that need little memory to unpack. LZMA takes as much as the archive says, up to 4 GB."""


class OpenFile(NamedTuple):
    size_bytes: int
    content: IO[bytes]
    """At most so many bytes come of it."""


@contextmanager
def open_one(path: Path, package: str, name: str) -> Iterator[OpenFile]:
    """The file of this name in the package stored there; by its own name, the package itself. Raises NotFound, and
    CannotBeRead, also while it is read."""
    try:
        if name == package:
            yield from _itself(path)
        elif is_tar(package):
            yield from _in_tar(path, package, name)
        elif is_zip(path):
            yield from _in_zip(path, package, name)
        else:
            raise _not_there(package, name)
    except DAMAGED as error:
        raise _damaged(package, name) from error
    except OSError as error:
        if error.errno is not None:
            raise  # the disk's, not the archive's
        raise _damaged(package, name) from error


def _itself(path: Path) -> Iterator[OpenFile]:
    with path.open("rb") as file:
        yield OpenFile(path.stat().st_size, file)


def _in_zip(path: Path, package: str, name: str) -> Iterator[OpenFile]:
    with zipfile.ZipFile(path) as archive:
        info = archive.NameToInfo.get(name)
        if info is None or info.is_dir():
            raise _not_there(package, name)
        if info.flag_bits & 1:
            raise CannotBeRead(f"“{_short(name)}” in {package} is encrypted.")
        if info.compress_type not in _PACKINGS:
            raise CannotBeRead(
                f"“{_short(name)}” is packed in a way that is not read here. Download {package} instead."
            )
        with archive.open(info) as file:
            yield OpenFile(info.file_size, file)


def _in_tar(path: Path, package: str, name: str) -> Iterator[OpenFile]:
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            if member.offset_data > MOST_TAR_BYTES:
                raise CannotBeRead(f"{package} is too large to look that far into it. Download it instead.")
            if member.isfile() and tar_name(member) == name and (file := archive.extractfile(member)) is not None:
                with file:
                    yield OpenFile(member.size, file)
                return
    raise _not_there(package, name)


def _not_there(package: str, name: str) -> NotFound:
    return NotFound(f"There is no file “{_short(name)}” in {package}.")


def _damaged(package: str, name: str) -> CannotBeRead:
    return CannotBeRead(f"“{_short(name)}” in {package} cannot be unpacked: the archive is damaged.")


def _short(name: str) -> str:
    return name if len(name) <= 200 else f"{name[:200]}…"
