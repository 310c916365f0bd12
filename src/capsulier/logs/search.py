"""Search a whole log, span by span: exact counts, the places of some of the hits, and what is needed to draw a rail.

What is searched is the masked text: otherwise a search would tell, letter by letter, what a secret value is.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from capsulier.logs.grep import FilePart, Grep, Query
from capsulier.logs.lines import Lines
from capsulier.logs.source import Log, LogFile, open_log

PAGE_HITS = 1000

SPAN_BYTES = 64 * 1024 * 1024
"""At most searched by one call of grep: starting one takes 2 ms, searching so much 50 ms."""
LONG_LINE_BYTES = 4 * 1024 * 1024
"""Grep keeps a line in memory; a longer one is searched in pieces of this size."""
OVERLAP_BYTES = 64 * 1024
"""By which those pieces overlap. A longer match in such a line may be missed, and `^` and `$` match at the ends of
pieces."""
_READ_BYTES = 256 * 1024
_PREFIX_BYTES = 64


class Hit(NamedTuple):
    """A line that matches."""

    offset: int
    number: int


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the log that was searched."""

    start: int
    end: int
    matching_lines: int = 0
    hits: tuple[Hit, ...] = ()
    """Those that belong to the page asked for, nearest first."""


def search(
    log: LogFile,
    query: Query,
    *,
    start: int = 0,
    backwards: bool = False,
    limit: int = PAGE_HITS,
) -> Generator[Span, None, None]:
    """Search all of it, beginning with the span around `start` and going round, so that the nearest hits come first.

    The page of hits is the first `limit` at or after `start`, or with `backwards` the last before it; the spans count
    all. Who wants the page only stops when it is full; closing the iterator ends the search. An empty span tells that
    it goes on.
    """
    grep = Grep(query)
    return _Search(open_log(log), grep, start, backwards, limit).spans()


class _Search:
    def __init__(self, log: Log, grep: Grep, start: int, backwards: bool, limit: int) -> None:
        self._log = log
        self._lines = Lines(log)
        self._grep = grep
        self._start = start
        self._backwards = backwards
        self._missing_hits = limit

    def spans(self) -> Generator[Span, None, None]:
        with self._log:
            count = -(-self._log.size // SPAN_BYTES)
            here = max(0, min(self._start // SPAN_BYTES, count - 1))
            near = range(here, -1, -1) if self._backwards else range(here, count)
            far = range(count - 1, here, -1) if self._backwards else range(here)
            for number in near:
                yield from self._span(number)
            self._missing_hits = 0  # none of the page is there: counting is enough
            for number in far:
                yield from self._span(number)

    def _span(self, number: int) -> Iterator[Span]:
        """The lines that begin within the n-th `SPAN_BYTES`. Only the last of them can be long enough to matter."""
        start, end = self._border(number), self._border(number + 1)
        parts = [(start, end)]
        if end - start > SPAN_BYTES + LONG_LINE_BYTES:
            long_line = self._lines.beginning(end - 2)
            parts = [(start, long_line), (long_line, end)]
        for part in reversed(parts) if self._backwards else parts:
            if part[1] - part[0] > SPAN_BYTES + LONG_LINE_BYTES:
                yield from self._long_line(*part)
            elif part[0] < part[1]:
                yield from self._whole_lines(*part)

    def _border(self, number: int) -> int:
        """Where the first line begins that does so at or after n times `SPAN_BYTES`."""
        offset = number * SPAN_BYTES
        return self._lines.end(offset - 1) if 0 < offset < self._log.size else min(offset, self._log.size)

    def _whole_lines(self, start: int, end: int) -> Iterator[Span]:
        found = list[tuple[int, int]]()
        matching = 0
        with closing(self._grep.run("-nb" if self._missing_hits else "-c", self._text(start, end))) as printed:
            for lines in _whole(printed):
                if not lines:
                    yield Span(start, start)
                elif self._missing_hits:
                    matching += len(lines)
                    if self._backwards or len(found) < self._missing_hits:
                        found = self._nearest([*found, *(_place(line, start) for line in lines)])
                else:
                    matching = int(lines[0])
        yield Span(start, end, matching, self._hits(start, found))

    def _nearest(self, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those (offset, number within the span) that belong to the page."""
        if self._backwards:
            return [place for place in places if place[0] < self._start][-self._missing_hits :]
        return [place for place in places if place[0] >= self._start][: self._missing_hits]

    def _hits(self, start: int, found: list[tuple[int, int]]) -> tuple[Hit, ...]:
        if not found:
            return ()
        self._missing_hits -= len(found)
        above = self._lines.index.breaks_before(start)
        hits = [Hit(offset, above + number) for offset, number in found]
        return tuple(reversed(hits) if self._backwards else hits)

    def _long_line(self, start: int, end: int) -> Iterator[Span]:
        for at in range(start, end, LONG_LINE_BYTES - OVERLAP_BYTES):
            with closing(self._grep.run("-c", self._text(at, min(end, at + LONG_LINE_BYTES)))) as printed:
                for lines in _whole(printed):
                    if lines == [b"1"]:
                        found = self._nearest([(start, 1)]) if self._missing_hits else []
                        yield Span(start, end, 1, self._hits(start, found))
                        return
                    yield Span(start, start)
        yield Span(start, end)

    def _text(self, start: int, end: int) -> Iterator[bytes | FilePart]:
        if (descriptor := self._log.plain()) is not None:
            yield FilePart(descriptor, start, end)
            return
        while start < end and (text := self._log.read(start, min(_READ_BYTES, end - start))):
            yield text
            start += len(text)


def _whole(printed: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Whole lines of what grep prints, of each no more than it begins with: offsets and counts; empty where nothing
    came."""
    rest = b""
    for piece in printed:
        *lines, rest = (rest + piece).split(b"\n")
        rest = rest[:_PREFIX_BYTES]
        yield lines


def _place(line: bytes, start: int) -> tuple[int, int]:
    """From `number:offset:text`."""
    number, offset, _ = line.split(b":", 2)
    return start + int(offset), int(number)
