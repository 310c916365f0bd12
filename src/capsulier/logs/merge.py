"""Standard and error output in one view, in the order of time.

A line belongs to the first record of the time index whose size covers its first byte. Lines come in the order of their
records; within one record, a tenth of a second, nobody knows the order, so those of stdout come first, each stream in its
own. Lines that no record covers yet come last. Without a time index no line is covered: stdout, then stderr.

A place in the view is how far either stream was read. So pages can be turned both ways from anywhere, and only what they
show is read; the record of a line is found by binary search.
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from capsulier.logs.files import TIMES_NAME, LogName
from capsulier.logs.lines import Line, Lines
from capsulier.logs.mask import Masker
from capsulier.logs.pages import PAGE_BYTES, PAGE_LINES
from capsulier.logs.source import open_log
from capsulier.logs.times import StreamTimes, Times

_STREAMS = (LogName.STDOUT, LogName.STDERR)
_STEP_LINES = 256


class Position(NamedTuple):
    """A place between two lines: the offsets at which both streams go on below it."""

    out: int
    err: int


class MergedLine(NamedTuple):
    name: LogName
    line: Line


@dataclass(frozen=True, slots=True)
class MergedPage:
    lines: list[MergedLine]
    start: Position
    """The page before is the one that ends here."""
    end: Position
    """The page after begins here."""


def read_merged_after(
    directory: Path,
    position: Position = Position(0, 0),
    count: int = PAGE_LINES,
    *,
    masker: Masker | None = None,
    max_bytes: int = PAGE_BYTES,
) -> MergedPage:
    """The lines below a position."""
    with _open(directory, masker) as streams:
        ...
