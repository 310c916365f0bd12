"""The time index of an execution: at which moment stdout and stderr had which size. The engine's watcher appends to it
while the program runs, at most ten times a second and only when a size changed; it costs the program nothing.

The file is a row of 24-byte records, each three little-endian signed 64-bit numbers: microseconds since the epoch
(UTC), size of stdout, size of stderr. An incomplete record at the end (the machine stopped) is as good as none.
"""

import os
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

from capsulier.logs.files import LogName
from capsulier.logs.source import open_if_any

_RECORD = struct.Struct("<qqq")
RECORD_BYTES = _RECORD.size
_RECORDS_AT_ONCE = 32 * 1024
_RECORDS_REMEMBERED = 4096


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
    """The records of one execution, read one by one where they lie: those there were when it was opened; none if there
    is no such file."""

    def __init__(self, path: Path) -> None:
        self._file = open_if_any(path)
        self._count = os.fstat(self._file.fileno()).st_size // RECORD_BYTES
        # Searches by halves meet the same records again and again.
        self._read = lru_cache(_RECORDS_REMEMBERED)(self._read_record)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> Record:
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._read(number)

    def _read_record(self, number: int) -> Record:
        return Record(*_RECORD.unpack(os.pread(self._file.fileno(), RECORD_BYTES, number * RECORD_BYTES)))

    def record_at(self, at_us: int) -> int:
        """The number of the first record that is not before a moment; their count if there is none."""
        return bisect_left(self, at_us, key=lambda record: record.at_us)

    def of(self, name: LogName) -> "StreamTimes":
        """The times of one of the two streams."""
        return StreamTimes(self, 1 if name is LogName.STDOUT else 2)

    def last_shrink(self, column: int) -> int:
        """The number of the last record in which a size is less than in the one before (the program truncated its log);
        0 if none is. Reads all records, some 40 ms for a program that wrote for a whole day."""
        found, before = 0, 0
        for first in range(0, self._count, _RECORDS_AT_ONCE):
            sizes = self._column(first, column)
            if before > sizes[0] or sizes != sorted(sizes):
                pairs = enumerate(pairwise([before, *sizes]), first)
                found = max((number for number, (old, new) in pairs if new < old), default=found)
            before = sizes[-1]
        return found

    def _column(self, first: int, column: int) -> list[int]:
        length = min(_RECORDS_AT_ONCE, self._count - first) * RECORD_BYTES
        numbers = array("q", os.pread(self._file.fileno(), length, first * RECORD_BYTES))
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers[column::3].tolist()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class StreamTimes:
    """When the bytes of one stream were written: a byte belongs to the first record whose size covers it, so it was
    written after the record before and not after its own. After a truncation only the records since count."""

    def __init__(self, times: Times, column: int) -> None:
        self._times = times
        self._column = column
        self._first = times.last_shrink(column)
        self._last_answer = range(0)
        self._last_record = 0

    def record_of(self, offset: int) -> int:
        """The number of the record that a byte belongs to; the count of records if none covers it yet."""
        if offset not in self._last_answer:
            record = bisect_right(self._times, offset, lo=self._first, key=lambda each: each[self._column])
            self._last_record = record
            self._last_answer = range(self.size_before(record), self._size(record))
        return self._last_record

    def time_of(self, offset: int) -> int | None:
        """When a byte was written, in microseconds since the epoch, to a tenth of a second; None if nobody knows
        yet."""
        record = self.record_of(offset)
        return self._times[record].at_us if record < len(self._times) else None

    def size_before(self, record: int) -> int:
        """Where the bytes of a record begin; those that no record covers yet come after all others."""
        return 0 if record <= self._first else self._size(record - 1)

    def _size(self, record: int) -> int:
        return self._times[record][self._column] if record < len(self._times) else sys.maxsize
