"""Sending a package, with a bar to watch where somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import NotAFile
from capsulier.core.errors import Invalid

_WORTH_A_BAR_BYTES = 2_000_000


def package_id_of(connection: Connection, file: Path | None, package_id: int | None, platform: str) -> int | None:
    """The id to name in a version: of the file, uploaded now, or the given one, or none."""
    if file is None:
        return package_id
    if package_id is not None:
        raise Invalid("Give a package either as a file or by its id.", field="package")
    uploaded: int = upload_file(connection, file, platform)["id"]
    return uploaded


def upload_file(connection: Connection, path: Path, platform: str) -> dict[str, Any]:
    """Upload it as it is read, never whole in memory; the package as the API tells of it."""
    try:
        with path.open("rb") as file, _watched(file, path.stat().st_size) as content:
            uploaded: dict[str, Any] = connection.upload(
                "packages", {"file": (_sent_name(path), content, "application/octet-stream")}, platform=platform
            )
            return uploaded
    except OSError as error:
        raise NotAFile(f"{path} cannot be read: {error.strerror}.", field="package") from error


def _sent_name(path: Path) -> str:
    """A file's name may be any bytes; a request's may not."""
    return path.name.encode(errors="replace").decode()


@contextmanager
def _watched(file: BinaryIO, size_bytes: int) -> Iterator[BinaryIO]:
    if not sys.stderr.isatty() or size_bytes < _WORTH_A_BAR_BYTES:
        yield file
        return
    from rich.console import Console  # noqa: PLC0415  # for terminals only
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress.wrap_file(file, size_bytes)
