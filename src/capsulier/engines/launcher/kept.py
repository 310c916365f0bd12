"""The files that a command has made on a node, as its launcher sends them: each complete or not at all.

They stand in the placement's working directory here, as those of the local engine do. `kept` beside it counts how many
files have come, and how many bytes.
"""

import errno
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from capsulier.core.errors import Invalid, TooLarge
from capsulier.engines.local.paths import WORK

MOST_FILES = 5_000
MOST_BYTES = 1_000_000_000
_AGAIN = 2
"""So many times that is taken: a launcher that got no answer sends a file again."""
_NO_PATH_HERE = frozenset({errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})


class KeptFiles:
    """Of one placement."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._count = directory / "kept"

    def keep(self, path: str, changed_us: int, chunks: Iterable[bytes]) -> None:
        """Write one down; again is the same as once. Raises TooLarge; Invalid for what is no path of a file below the
        working directory, or can be none beside what is there; OSError where the disk is full."""
        target = self._place_of(path)
        count, size = self._so_far()
        if count >= _AGAIN * MOST_FILES:
            raise TooLarge(f"More than {_AGAIN * MOST_FILES:,} files were sent.")
        partial = self._directory / f"{secrets.token_hex(8)}.partial"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                for data in chunks:
                    size += file.write(data)
                    if size > _AGAIN * MOST_BYTES:
                        raise TooLarge(f"More than {_AGAIN * MOST_BYTES:,} bytes were sent.")
            os.utime(partial, ns=(changed_us * 1000, changed_us * 1000))
            partial.replace(target)
        except OSError as error:
            if error.errno in _NO_PATH_HERE:
                raise Invalid(f"“{path[:200]}” can be no file here: {error.strerror}.") from error
            raise
        finally:
            partial.unlink(missing_ok=True)
        draft = self._count.with_suffix(".partial")
        draft.write_text(json.dumps([count + 1, size]))
        draft.replace(self._count)

    def clean(self) -> None:
        """Remove what a web process that was killed has left half written."""
        for partial in self._directory.glob("*.partial"):
            partial.unlink()

    def _place_of(self, path: str) -> Path:
        parts = path.split("/")
        if "\0" in path or any(part in ("", ".", "..") for part in parts):
            raise Invalid(f"“{path[:200]}” is no path of a file in the working directory.")
        return Path(self._directory, WORK, *parts)

    def _so_far(self) -> tuple[int, int]:
        try:
            count, size = json.loads(self._count.read_text())
        except FileNotFoundError:
            return 0, 0
        return count, size
