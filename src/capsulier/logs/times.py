"""The time index of an execution: at which moment stdout and stderr had which size. The engine's watcher appends to it while
the program runs, at most ten times a second and only when a size changed; it costs the program nothing.

The file is a row of 24-byte records, each three little-endian signed 64-bit numbers: microseconds since the epoch (UTC), size
of stdout, size of stderr. An incomplete record at the end (the machine stopped) is as good as none.
"""

import os
import struct
from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from capsulier.logs.files import LogName

_RECORD = struct.Struct("<qqq")
RECORD_BYTES = _RECORD.size
_RECORDS_AT_ONCE = 32 * 1024


class Record(NamedTuple):
    at_us: int
    out_size: int
    err_size: int


def open_for_append(path: Path) -> int:
    """A file descriptor for `append`; an incomplete record that a crash left at the end is removed first."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    size = os.fstat(fd).st_size
    if size % RECORD_BYTES:
        os.ftruncate(fd, size - size % RECORD_BYTES)
    return fd


def append(fd: int, at_us: int, out_size: int, err_size: int) -> None:
    """Add a record, in one write."""
    os.write(fd, _RECORD.pack(at_us, out_size, err_size))


class Times:
    """The records of one execution, read one by one where they lie; as many as there were when it was opened."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._count = os.fstat(self._file.fileno()).st_size // RECORD_BYTES

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> Record:
        if not 0 <= number < self._count:
            raise IndexError(number)
        return Record(*_RECORD.unpack(os.pread(self._file.fileno(), RECORD_BYTES, number * RECORD_BYTES)))

    def record_at(self, at_us: int) -> int:
        """The number of the first record not before a moment; their count if there is none."""
        return bisect_left(self, at_us, key=lambda record: record.at_us)  # type: ignore[call-overload]
