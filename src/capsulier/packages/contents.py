"""What is in a package: the files of an archive by name and size, read from its directory, never unpacked."""

import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from capsulier.packages.archives import DAMAGED, MOST_TAR_BYTES, is_tar, is_zip, tar_name

MOST_FILES = 5_000


@dataclass(frozen=True, slots=True)
class Contents:
    files: Mapping[str, int]
    """Name → size in bytes, unpacked."""
    is_cut: bool = False
    """There are more."""
    checksums: Mapping[str, int] = field(default_factory=dict)
    """Name → CRC-32, which a zip knows and a tar does not."""


class _Found(NamedTuple):
    name: str
    size_bytes: int
    checksum: int | None


def list_contents(path: Path, name: str) -> Contents | None:
    """The files in it; None for what is no archive, is broken, or is too large to be listed quickly."""
    with suppress(OSError, *DAMAGED):
        if is_tar(name):
            with tarfile.open(path, "r:*") as tar:
                return _taken(_tar_files(tar))
        if is_zip(path):
            with zipfile.ZipFile(path) as archive:
                files = (each for each in archive.infolist() if not each.is_dir())
                return _taken(_Found(each.filename, each.file_size, each.CRC) for each in files)
    return None


def _tar_files(tar: tarfile.TarFile) -> Iterator[_Found | None]:
    for member in tar:
        if member.offset_data > MOST_TAR_BYTES:
            yield None
            return
        if member.isfile():
            yield _Found(tar_name(member), member.size, None)


def _taken(found: Iterable[_Found | None]) -> Contents:
    """None says that there is more."""
    taken = list(islice(found, MOST_FILES + 1))
    files = [each for each in taken[:MOST_FILES] if each]
    return Contents(
        files={each.name: each.size_bytes for each in files},
        is_cut=len(taken) > MOST_FILES or None in taken,
        checksums={each.name: each.checksum for each in files if each.checksum is not None},
    )
