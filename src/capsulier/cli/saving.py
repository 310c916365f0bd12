"""Writing a download to a file: all of it, or nothing."""

import os
from pathlib import Path

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import NotAFile


def save(connection: Connection, path: str, target: Path, *, force: bool) -> None:
    """Write the answer of `path` to the file. Without `force` one that exists stays as it is. Raises NotAFile."""
    if target.exists() and not force:
        raise NotAFile(f"{target} exists already. --force writes over it, --output chooses another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with connection.stream(path) as response, draft.open("xb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        draft.replace(target)
    except OSError as error:
        raise NotAFile(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
