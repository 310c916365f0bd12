"""Hide secret values in what was logged: every byte of them becomes `*`, so that offsets and lengths stay as they were.

A byte is hidden if any occurrence of any value covers it, overlapping ones included. That depends only on the bytes up
to `overlap` before and after it, so a range reads that much more on both sides and gets exactly what the whole file
would.
"""

from collections.abc import Callable, Iterable, Iterator

MIN_VALUE_BYTES = 4
"""Shorter values are ignored: hiding every `1` or `no` of a log hides the log, and still gives the value away."""

MIN_LINE_BYTES = 8
"""Of one line of a value of several lines; shorter ones (`}`, `done`) are everyday words."""


class Masker:
    """Hides these values.

    Programs print a value of several lines indented, prefixed or in part, so each of its longer lines is hidden by
    itself too. Line breaks stay: lines have the same numbers masked and unmasked. A value that the end of the log cuts
    short is hidden from its fourth byte on, so that a log read while a value is being written does not show its start.
    """

    def __init__(self, values: Iterable[bytes] = ()) -> None:
        parts = {part for value in values for part in _parts(value)}
        self._values = sorted(parts, key=lambda value: (-len(value), value))
        self._hidden = [b"\n".join(b"*" * len(line) for line in value.split(b"\n")) for value in self._values]
        self.overlap = len(self._values[0]) - 1 if self._values else 0

    def mask(self, data: bytes) -> bytes:
        """A whole text."""
        return self._hide(data, ends=True)

    def read(self, read: Callable[[int, int], bytes], start: int, length: int, size: int) -> bytes:
        """A range of a log of `size` bytes, through `read(start, length)`, which gives its bytes as they were
        written."""
        end = min(start + length, size)
        if end <= start or not self._values:
            return read(start, max(0, end - start))
        first, last = max(0, start - self.overlap), min(size, end + self.overlap)
        masked = self._hide(read(first, last - first), ends=last == size)
        return masked[start - first : end - first]

    def unfinished(self, data: bytes) -> int:
        """How many of the last bytes may be the beginning of a value: not to be sent before more is known."""
        return max((_begun(data, value) for value in self._values), default=0)

    def _hide(self, data: bytes, *, ends: bool) -> bytes:
        covered = [*self._occurrences(data), *(self._begun_at_end(data) if ends else ())]
        if not covered:
            return data
        masked = bytearray(data)
        for at, hidden in covered:
            masked[at : at + len(hidden)] = hidden
        return bytes(masked)

    def _occurrences(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        for value, hidden in zip(self._values, self._hidden, strict=True):
            at = data.find(value)
            while at >= 0:
                yield at, hidden
                at = data.find(value, at + 1)

    def _begun_at_end(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        for value, hidden in zip(self._values, self._hidden, strict=True):
            begun = _begun(data, value)
            if begun >= MIN_VALUE_BYTES:
                yield len(data) - begun, hidden[:begun]


def _parts(value: bytes) -> Iterator[bytes]:
    """What is looked for: the value without line breaks around it (files end in one, programs strip it), and its
    lines."""
    whole = value.strip(b"\r\n")
    if len(whole) >= MIN_VALUE_BYTES:
        yield whole
    if b"\n" in whole:
        yield from (line for line in map(bytes.strip, whole.split(b"\n")) if len(line) >= MIN_LINE_BYTES)


def _begun(data: bytes, value: bytes) -> int:
    """The length of the longest end of `data` with which `value` begins, without being complete."""
    at = data.find(value[0], max(0, len(data) - len(value) + 1))
    while at >= 0 and not value.startswith(data[at:]):
        at = data.find(value[0], at + 1)
    return len(data) - at if at >= 0 else 0
