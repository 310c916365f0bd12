"""Open a log for ranged reads: the one place that knows how its bytes are stored.

A log that is compressed later (`stdout.log.gz`, `.zst`) is opened here too: what `Log` offers is all that its readers
use.
"""

import os
from pathlib import Path
from typing import Self

from capsulier.logs.mask import Masker


class Log:
    """An open log, as long as it was when it was opened: what is written later does not show, so that an answer that
    takes several reads fits together."""

    def __init__(self, path: Path, masker: Masker | None = None) -> None:
        self.path = path
        self._file = path.open("rb", buffering=0)
        self._masker = masker
        self.stat = os.fstat(self._file.fileno())
        self.size = self.stat.st_size

    def read(self, start: int, length: int) -> bytes:
        """The bytes of a range, masked; fewer at the end, or if the program truncated its log meanwhile."""
        if self._masker is None:
            return self.read_unmasked(start, length)
        return self._masker.read(self.read_unmasked, start, length, self.size)

    def read_unmasked(self, start: int, length: int) -> bytes:
        """For what no reader gets to see: line breaks (masking never moves them) and fingerprints."""
        return os.pread(self._file.fileno(), max(0, min(length, self.size - start)), start)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_log(path: Path, masker: Masker | None = None) -> Log:
    """Open it; `FileNotFoundError` where nothing was written yet, or the log is no longer kept."""
    return Log(path, masker)
