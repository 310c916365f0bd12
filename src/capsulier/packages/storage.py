"""Receiving and finding package files. A file is in its place whole or not at all."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Container, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from capsulier.config import config
from capsulier.core.errors import StorageFull, TooLarge
from capsulier.core.wording import size_in_words


class Stored(NamedTuple):
    sha256: str
    size_bytes: int


def package_path(sha256: str) -> Path:
    return config().packages_dir / sha256[:2] / sha256


def store(chunks: Iterable[bytes]) -> Stored:
    """Write these bytes to disk as they come, and put the file into its place. Storing the same bytes again changes
    nothing. Raises TooLarge as soon as the limit is passed, StorageFull when the disk is; nothing is left behind."""
    draft, path = tempfile.mkstemp(dir=config().incoming_dir)
    try:
        with os.fdopen(draft, "wb") as file:
            stored = _write(file, chunks)
            file.flush()
            os.fsync(file.fileno())
        target = package_path(stored.sha256)
        target.parent.mkdir(exist_ok=True)
        Path(path).replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "The package could not be stored: the disk of the data directory is full.", field="package"
            ) from error
        raise
    finally:
        Path(path).unlink(missing_ok=True)
    return stored


def remove_strays(before: datetime, known: Container[str]) -> None:
    """Remove what was written before that instant and belongs to nobody: uploads that were never whole, and packages
    whose SHA-256 is not `known`. What is uploaded right now, be it once more, is younger."""
    found = [*config().incoming_dir.glob("*"), *config().packages_dir.glob("[0-9a-f][0-9a-f]/*")]
    for path in found:
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp() and path.name not in known:
                path.unlink()


def _write(file: BinaryIO, chunks: Iterable[bytes]) -> Stored:
    most = config().max_package_bytes
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(f"The package is larger than {size_in_words(most)}, the most allowed here.", field="package")
        digest.update(chunk)
        file.write(chunk)
    return Stored(digest.hexdigest(), size)
