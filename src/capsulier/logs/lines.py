"""The lines of an open log: where they begin and end, and what viewers get of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from capsulier.logs.index import LineIndex
from capsulier.logs.source import Log
from capsulier.logs.times import StreamTimes

MAX_LINE_BYTES = 64 * 1024
"""What is delivered of one line; the rest is counted."""

NEAR_BYTES = 1024 * 1024
"""Both ends of a line are looked for this far from where one stands; beyond, the line index knows."""

CHEAP_COUNT_BYTES = 32 * 1024 * 1024
"""Lines are numbered without being asked while no more than this has to be counted for it (some 20 ms)."""

_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log, or what may be shown of it."""

    offset: int
    """Where it begins; if `is_rest`, where `data` begins."""
    end: int
    """Where the next one begins."""
    data: bytes
    """Without its line break, at most `MAX_LINE_BYTES`: its beginning; of a line with carriage returns its end, which
    is the last state of a progress bar."""
    ended: bool
    """Whether it has its line break: a program may still be writing the last one."""
    skipped: int = 0
    """Bytes of it left out before `data`."""
    cut: int = 0
    """Bytes of it left out after `data`."""
    is_rest: bool = False
    """It begins further up, nobody knows where."""
    number: int | None = None
    """1 for the first line; None where counting was too dear to be done unasked."""
    at_us: int | None = None
    """When its first byte was written, where the times are known."""


class Lines:
    """Reads the lines of an open log. An offset that is given is the beginning of a line, or the end of the log."""

    def __init__(self, log: Log, times: StreamTimes | None = None) -> None:
        self.log = log
        self.index = LineIndex(log)
        self._times = times

    def beginning(self, offset: int) -> int:
        """Where the line begins that any offset is in; past the end of the log, the end."""
        if offset >= self.log.size:
            return self.log.size
        at, near = offset, max(0, offset - NEAR_BYTES)
        while at > near:
            start = max(near, at - _BLOCK_BYTES)
            if (found := self.log.read_unmasked(start, at - start).rfind(b"\n")) >= 0:
                return start + found + 1
            at = start
        line_break = self.index.last_break_before(at) if at else None
        return 0 if line_break is None else line_break + 1

    def end(self, offset: int) -> int:
        """Where the line after begins; the end of the log for the last."""
        near = min(self.log.size, offset + NEAR_BYTES)
        for start in range(offset, near, _BLOCK_BYTES):
            if (found := self.log.read_unmasked(start, _BLOCK_BYTES).find(b"\n")) >= 0:
                return start + found + 1
        line_break = self.index.first_break_from(near) if near < self.log.size else None
        return self.log.size if line_break is None else line_break + 1

    def above(self, offset: int, count: int, max_bytes: int) -> int | None:
        """Where the line `count` lines above begins, or the highest that `max_bytes` reach; None if they reach none."""
        floor, found = max(0, offset - max_bytes), None
        end = offset - 1
        while end > floor:
            start = max(floor, end - _BLOCK_BYTES)
            block = self.log.read_unmasked(start, end - start)
            breaks = block.count(b"\n")
            if breaks >= count:
                at = len(block)
                for _ in range(count):
                    at = block.rfind(b"\n", 0, at)
                return start + at + 1
            if breaks:
                found = start + block.index(b"\n") + 1
            count -= breaks
            end = start
        return found if floor else 0

    def before(self, offset: int, count: int, max_bytes: int) -> list[Line]:
        """The lines above, in the order of the log: as many as `max_bytes` reach, at least one if there is one."""
        if offset == 0:
            return []
        start = self.above(offset, count, max_bytes)
        return list(self.forward(self.beginning(offset - 1) if start is None else start, offset))

    def forward(self, offset: int, end: int | None = None) -> Iterator[Line]:
        """The lines from one on, up to an end."""
        end = self.log.size if end is None else end
        number = self.number_at(offset)
        while offset < end and (data := self.log.read(offset, 2 * MAX_LINE_BYTES)):
            whole: list[bytes | None] = [*data.split(b"\n")[:-1]]
            for text in whole or [None]:
                line = self._line(offset, text, number)
                yield line
                offset = line.end
                number = None if number is None else number + 1
                if offset >= end:
                    return

    def number_at(self, offset: int) -> int | None:
        """The number of the line that begins there, if it is known or soon counted."""
        if self.index.uncounted_before(offset) > CHEAP_COUNT_BYTES:
            return None
        return self.index.breaks_before(offset) + 1

    def _line(self, offset: int, text: bytes | None, number: int | None) -> Line:
        """`text` is the whole line where it is at hand; if not, it is the last one, or long."""
        if text is None:
            end = self.end(offset)
            ended = self.log.read_unmasked(end - 1, 1) == b"\n"
        else:
            end, ended = offset + len(text) + 1, True
        length = end - offset - ended
        if text is None or length > MAX_LINE_BYTES:
            text = self.log.read(offset, min(length, MAX_LINE_BYTES))
        left_out = length - len(text)
        skipped = left_out if b"\r" in text else 0
        if skipped:
            text = self.log.read(offset + skipped, MAX_LINE_BYTES)[: length - skipped]
        at_us = self._times.time_of(offset) if self._times else None
        return Line(offset, end, text, ended, skipped, left_out - skipped, number=number, at_us=at_us)
