"""The time index of a placement's logs: which bytes were there when, so that lines get their times.

The file `times` is a row of 24-byte little-endian records (microseconds since the epoch, size of stdout, size of
stderr), in the order of time. A size smaller than the one before means that the program truncated its own log.
"""

import os
import struct

from capsulier.engines.local.paths import STDERR, STDOUT, TIMES
from capsulier.engines.local.records import open_now

RECORD = struct.Struct("<qqq")


def log_sizes(directory: str) -> tuple[tuple[int, int], int]:
    """The sizes of stdout and stderr, and when either was last written (microseconds since the epoch). A log that the
    program removed counts as empty."""
    sizes, written_us = [], 0
    for name in (STDOUT, STDERR):
        try:
            status = os.stat(f"{directory}/{name}")  # noqa: PTH116 - 10 times a second for every execution
        except OSError:
            sizes.append(0)
        else:
            sizes.append(status.st_size)
            written_us = max(written_us, status.st_mtime_ns // 1000)
    return (sizes[0], sizes[1]), written_us


def append_times(directory: str, at_us: int, sizes: tuple[int, int]) -> None:
    """Add one record; over an incomplete one that a full disk or a crash left."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(f"{directory}/{TIMES}", flags, 0o666)
    try:
        if rest := (size := os.fstat(file).st_size) % RECORD.size:
            os.ftruncate(file, size - rest)
        os.write(file, RECORD.pack(at_us, *sizes))
    finally:
        os.close(file)


def last_sizes(directory: str) -> tuple[int, int]:
    """The sizes in the last record; zeros where there is none."""
    return last_record(directory)[1:]


def last_record(directory: str) -> tuple[int, int, int]:
    """The last record; zeros where there is none."""
    try:
        with open(f"{directory}/{TIMES}", "rb", opener=open_now) as file:
            records = file.seek(0, os.SEEK_END) // RECORD.size
            if not records:
                return 0, 0, 0
            file.seek((records - 1) * RECORD.size)
            at_us, stdout, stderr = RECORD.unpack(file.read(RECORD.size))
    except OSError:
        return 0, 0, 0
    return at_us, stdout, stderr
