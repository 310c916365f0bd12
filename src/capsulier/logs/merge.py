"""Standard and error output in one view, in the order of time.

A line belongs to the first record of the time index whose size covers its first byte. Lines come in the order of their
records; within one record, a tenth of a second, nobody knows the order, so those of stdout come first, each stream in
its own. Lines that no record covers yet come last. Without a time index no line is covered: stdout, then stderr.

A place in the view is how far either stream was read. So pages can be turned both ways from anywhere, and only what
they show is read; the record of a line is found by binary search.
"""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from capsulier.logs.files import LogName
from capsulier.logs.lines import Line, Lines
from capsulier.logs.pages import PAGE_BYTES, PAGE_LINES, page
from capsulier.logs.source import Log, LogDirectory, open_log_if_any
from capsulier.logs.times import StreamTimes, Times

_STEP_LINES = 256


class Position(NamedTuple):
    """A place between two lines: the offsets at which both streams go on below it."""

    out: int = 0
    err: int = 0


_TOP = Position()


class MergedLine(NamedTuple):
    name: LogName
    line: Line

    @property
    def data(self) -> bytes:
        return self.line.data


_Keyed: TypeAlias = tuple[int, bool, int, MergedLine]


@dataclass(frozen=True, slots=True)
class MergedPage:
    lines: list[MergedLine]
    start: Position
    """The page before ends here."""
    end: Position
    """The page after begins here."""


def read_merged_after(
    logs: LogDirectory,
    position: Position = _TOP,
    count: int = PAGE_LINES,
    *,
    max_bytes: int = PAGE_BYTES,
) -> MergedPage:
    """The lines below a position; at least one if there is one."""
    with _open_streams(logs) as streams:
        start = _aligned(streams, position)
        below = heapq.merge(*(stream.below(offset) for stream, offset in zip(streams, start, strict=True)))
        lines = page((line for *_, line in below), count, max_bytes)
        return MergedPage(lines, start, _moved(start, {each.name: each.line.end for each in lines}))


def read_merged_before(
    logs: LogDirectory,
    position: Position,
    count: int = PAGE_LINES,
    *,
    max_bytes: int = PAGE_BYTES,
) -> MergedPage:
    """The lines above a position, in the order of the view; at least one if there is one."""
    with _open_streams(logs) as streams:
        end = _aligned(streams, position)
        above = heapq.merge(*(s.above(offset) for s, offset in zip(streams, end, strict=True)), reverse=True)
        lines = page((line for *_, line in above), count, max_bytes)
        start = _moved(end, {each.name: each.line.offset for each in lines})
        return MergedPage(lines[::-1], start, end)


def merged_end(logs: LogDirectory) -> Position:
    """Below the last line."""
    with _open_streams(logs) as (out, err):
        return Position(out.lines.log.size, err.lines.log.size)


def merged_at(logs: LogDirectory, at_us: int) -> Position:
    """Above the first line written at a moment or after."""
    with _open_streams(logs) as (out, err), Times(logs.times) as times:
        record = times.record_at(at_us)
        return Position(out.first_of(record), err.first_of(record))


def merged_beside(logs: LogDirectory, name: LogName, offset: int) -> Position:
    """Above the line of one stream that a byte is in."""
    with _open_streams(logs) as (out, err):
        if name is LogName.STDOUT:
            line = out.lines.beginning(offset)
            return Position(line, err.first_of(out.times.record_of(line)))
        line = err.lines.beginning(offset)
        return Position(out.first_of(err.times.record_of(line) + 1), line)


class _Stream:
    """One of the two, with a key for each of its lines by which both are in the order of the view."""

    def __init__(self, name: LogName, log: Log, times: StreamTimes) -> None:
        self.name = name
        self.times = times
        self.lines = Lines(log, times)

    def below(self, offset: int) -> Iterator[_Keyed]:
        return map(self._keyed, self.lines.forward(offset))

    def above(self, offset: int) -> Iterator[_Keyed]:
        while lines := self.lines.before(offset, _STEP_LINES, PAGE_BYTES):
            yield from map(self._keyed, reversed(lines))
            offset = lines[0].offset

    def first_of(self, record: int) -> int:
        """Where the first line begins that belongs to a record or a later one."""
        before = min(self.times.size_before(record), self.lines.log.size)
        return self.lines.end(before - 1) if before else 0

    def _keyed(self, line: Line) -> _Keyed:
        return self.times.record_of(line.offset), self.name is LogName.STDERR, line.offset, MergedLine(self.name, line)


@contextmanager
def _open_streams(logs: LogDirectory) -> Iterator[tuple[_Stream, _Stream]]:
    """Both streams; a file that is not there (yet) is as good as an empty one."""
    with ExitStack() as opened:
        times = opened.enter_context(Times(logs.times))

        def stream(name: LogName) -> _Stream:
            log = opened.enter_context(open_log_if_any(logs.log(name)))
            return _Stream(name, log, times.of(name))

        yield stream(LogName.STDOUT), stream(LogName.STDERR)


def _aligned(streams: tuple[_Stream, _Stream], position: Position) -> Position:
    """With offsets where lines begin, whatever an address bar said."""
    return Position(*(stream.lines.beginning(max(0, at)) for stream, at in zip(streams, position, strict=True)))


def _moved(position: Position, last: dict[LogName, int]) -> Position:
    return Position(last.get(LogName.STDOUT, position.out), last.get(LogName.STDERR, position.err))
