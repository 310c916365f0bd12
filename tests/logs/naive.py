"""Readers that load the whole log: what the real ones are held to."""

from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from capsulier.logs.source import LogDirectory, LogFile

logged = st.lists(
    st.sampled_from([b"\n", b"\n", b"a", b"b", b"\r", b"\0", b"\xff", b"\xc3\xa9", b"secret", b"longer than a block"]),
    max_size=40,
).map(b"".join)
"""What programs write: short and long lines, empty ones, no line break at the end, bytes that are no text."""


def unmasked(path: Path) -> LogFile:
    return LogFile(path, None)


def unmasked_in(directory: Path) -> LogDirectory:
    return LogDirectory(directory, None)


class NaiveLine(NamedTuple):
    number: int
    offset: int
    end: int
    text: bytes


def naive_lines(data: bytes) -> list[NaiveLine]:
    lines, offset = list[NaiveLine](), 0
    for number, text in enumerate(_split(data), 1):
        lines.append(NaiveLine(number, offset, offset + len(text), text.removesuffix(b"\n")))
        offset += len(text)
    return lines


def _split(data: bytes) -> list[bytes]:
    """With their line breaks; `bytes.splitlines` would end lines at carriage returns too."""
    *whole, last = data.split(b"\n")
    return [text + b"\n" for text in whole] + ([last] if last else [])


def naive_mask(data: bytes, values: list[bytes]) -> bytes:
    """Every byte that any occurrence of any value covers, found at every offset, is hidden; line breaks never are."""
    masked = bytearray(data)
    for value in values:
        for at in range(len(data)):
            if data.startswith(value, at):
                for position in range(at, at + len(value)):
                    if data[position] != ord("\n"):
                        masked[position] = ord("*")
    return bytes(masked)
