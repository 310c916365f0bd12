"""Pages of lines for viewers: from a line number, from or before an offset, from the end.

A page ends at `count` lines or `max_bytes`, whichever comes first, and has at least one line if there is one; the next
page begins at `end` of its last line, the one before at `offset` of its first. A last line that is still being written
is delivered with `ended` false, and asking again from its `end` gives it anew, longer.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol, TypeVar

from capsulier.logs.lines import MAX_LINE_BYTES, Line, Lines
from capsulier.logs.source import LogFile, open_log
from capsulier.logs.times import StreamTimes

PAGE_LINES = 1000
PAGE_BYTES = 1024 * 1024


def line_count(log: LogFile) -> int:
    """How many lines there are. Counts what was not counted before, some 0.6 s a gigabyte."""
    with open_log(log) as opened:
        breaks = Lines(opened).index.breaks_before(opened.size)
        return breaks + (opened.size > 0 and opened.read_unmasked(opened.size - 1, 1) != b"\n")


def line_number(log: LogFile, offset: int) -> int:
    """The number of the line that a byte is in."""
    with open_log(log) as opened:
        return Lines(opened).index.breaks_before(offset) + 1


def line_offset(log: LogFile, number: int) -> int | None:
    """Where a line begins; None if there are not as many."""
    with open_log(log) as opened:
        return _line_offset(Lines(opened), number)


def read_lines(
    log: LogFile,
    first: int,
    count: int = PAGE_LINES,
    *,
    times: StreamTimes | None = None,
    max_bytes: int = PAGE_BYTES,
) -> list[Line]:
    """Lines from a number on, 1 being the first."""
    with open_log(log) as opened:
        lines = Lines(opened, times)
        offset = _line_offset(lines, first)
        return [] if offset is None else page(lines.forward(offset), count, max_bytes)


def read_after(
    log: LogFile,
    offset: int,
    count: int = PAGE_LINES,
    *,
    times: StreamTimes | None = None,
    max_bytes: int = PAGE_BYTES,
) -> list[Line]:
    """Lines from the one on that a byte is in."""
    with open_log(log) as opened:
        lines = Lines(opened, times)
        return page(lines.forward(lines.beginning(offset)), count, max_bytes)


def read_before(
    log: LogFile,
    offset: int,
    count: int = PAGE_LINES,
    *,
    times: StreamTimes | None = None,
    max_bytes: int = PAGE_BYTES,
) -> list[Line]:
    """The lines above the one that a byte is in, in the order of the log."""
    with open_log(log) as opened:
        lines = Lines(opened, times)
        return lines.before(lines.beginning(offset), count, max_bytes)


def tail(
    log: LogFile,
    count: int = PAGE_LINES,
    *,
    times: StreamTimes | None = None,
    max_bytes: int = PAGE_BYTES,
) -> list[Line]:
    """The last lines. If `max_bytes` do not hold the last one, only its end, as `is_rest`: nothing further up is
    read."""
    with open_log(log) as opened:
        lines = Lines(opened, times)
        start = lines.above(opened.size, count, max_bytes)
        if start is not None:
            return list(lines.forward(start))
        offset = opened.size - min(max_bytes, MAX_LINE_BYTES)
        data = opened.read(offset, MAX_LINE_BYTES)
        at_us = times.time_of(offset) if times else None
        return [Line(offset, opened.size, data.removesuffix(b"\n"), data.endswith(b"\n"), is_rest=True, at_us=at_us)]


def tail_offset(log: LogFile, count: int) -> int:
    """Where the last lines begin, however long: for a download of them through `open_range`."""
    with open_log(log) as opened:
        return Lines(opened).above(opened.size, count, opened.size) or 0


class HasData(Protocol):
    @property
    def data(self) -> bytes: ...


ALine = TypeVar("ALine", bound=HasData)


def page(lines: Iterator[ALine], count: int, max_bytes: int) -> list[ALine]:
    """The first of these lines, as a page."""
    taken = list[ALine]()
    for line in islice(lines, count):
        taken.append(line)
        max_bytes -= len(line.data)
        if max_bytes <= 0:
            break
    return taken


def _line_offset(lines: Lines, number: int) -> int | None:
    if number <= 1:
        return 0
    line_break = lines.index.break_number(number - 1)
    return line_break + 1 if line_break is not None and line_break + 1 < lines.log.size else None
