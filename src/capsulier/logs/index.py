"""The sparse line index: how many line breaks a log has before the end of each of its blocks.

Counting by block, rather than noting every k-th line, bounds each question by one block whatever the lines are like:
where line n begins, which line an offset is in, and both ends of a line of ten gigabytes (its blocks have no break).
Only as much of a log is counted as somebody asked for.
"""

from array import array
from bisect import bisect_left, bisect_right

from capsulier.logs.index_file import load_breaks, save_breaks
from capsulier.logs.source import Log

BLOCK_BYTES = 256 * 1024
SAVE_AFTER_BYTES = 16 * 1024 * 1024
"""Less than this is counted again each time, which takes 10 ms, rather than written."""


class LineIndex:
    """The line breaks of an open log. Questions are answered for its size at opening, growing logs included."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._breaks = load_breaks(log, BLOCK_BYTES) or array("Q")
        """For each counted block, the breaks before its end. What follows the last whole block is never in here."""
        self._saved = len(self._breaks)

    def uncounted_before(self, offset: int) -> int:
        """How many bytes have to be counted to answer a question about an offset."""
        return max(0, offset - len(self._breaks) * BLOCK_BYTES)

    def breaks_before(self, offset: int) -> int:
        """How many line breaks stand before an offset."""
        block, rest = divmod(min(offset, self._log.size), BLOCK_BYTES)
        self._count(to_block=block)
        return self._breaks_before_block(block) + self._read(block).count(b"\n", 0, rest)

    def break_number(self, number: int) -> int | None:
        """The offset of the n-th line break, the first being 1."""
        self._count(to_break=number)
        block = bisect_left(self._breaks, number)
        data, missing = self._read(block), number - self._breaks_before_block(block)
        return block * BLOCK_BYTES + _nth_break(data, missing) if data.count(b"\n") >= missing else None

    def first_break_from(self, offset: int) -> int | None:
        """The offset of the first line break at or after an offset."""
        block, rest = divmod(offset, BLOCK_BYTES)
        at = self._read(block).find(b"\n", rest)
        if at < 0:
            self._count(to_block=block + 1)
            passed = self._breaks_before_block(block + 1)
            self._count(to_break=passed + 1)
            block = max(block + 1, bisect_right(self._breaks, passed))
            at = self._read(block).find(b"\n")
        return block * BLOCK_BYTES + at if at >= 0 else None

    def last_break_before(self, offset: int) -> int | None:
        """The offset of the last line break before an offset."""
        block, rest = divmod(min(offset, self._log.size), BLOCK_BYTES)
        at = self._read(block).rfind(b"\n", 0, rest)
        if at < 0:
            self._count(to_block=block)
            number = self._breaks_before_block(block)
            if number == 0:
                return None
            block = bisect_left(self._breaks, number)
            at = self._read(block).rfind(b"\n")
        return block * BLOCK_BYTES + at

    def _breaks_before_block(self, block: int) -> int:
        known = min(block, len(self._breaks))
        return self._breaks[known - 1] if known else 0

    def _read(self, block: int) -> bytes:
        return self._log.read_unmasked(block * BLOCK_BYTES, BLOCK_BYTES)

    def _count(self, *, to_block: int | None = None, to_break: int | None = None) -> None:
        """Count whole blocks until that many are known, or until that line break is passed, or to the end."""
        whole = self._log.size // BLOCK_BYTES
        wanted = whole if to_block is None else min(to_block, whole)
        breaks = self._breaks[-1] if self._breaks else 0
        while len(self._breaks) < wanted and (to_break is None or breaks < to_break):
            breaks += self._read(len(self._breaks)).count(b"\n")
            self._breaks.append(breaks)
        if (len(self._breaks) - self._saved) * BLOCK_BYTES >= SAVE_AFTER_BYTES:
            save_breaks(self._log, BLOCK_BYTES, self._breaks)
            self._saved = len(self._breaks)


def _nth_break(data: bytes, number: int) -> int:
    """The offset of the n-th line break, by halves: two passes over the data instead of a step for each line."""
    first, end = 0, len(data)
    while end - first > 1:
        middle = (first + end) // 2
        in_front = data.count(b"\n", first, middle)
        if in_front >= number:
            end = middle
        else:
            first, number = middle, number - in_front
    return first
