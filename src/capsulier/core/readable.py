"""Files that nobody vouches for, as text that is safe to show. Escaping for HTML is the page's business."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

MOST_BYTES = 500_000
"""Shown of one file."""
_MOST_INVALID = 0.3
"""Of the characters: a text in another encoding has less, what is no text has more."""

_SHOWN = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
_SHOWN |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_SHOWN |= {code: f"⟨U+{code:04X}⟩" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""A control character is shown as its picture, and one that turns the direction of writing by its name: what one
reads is what a program would."""


@dataclass(frozen=True, slots=True)
class Readable:
    text: str
    """Its lines end with newlines, whatever they end with in the file."""
    is_cut: bool
    """There is more of it."""
    is_valid: bool
    """False: some bytes are no UTF-8, and U+FFFD stands for them."""

    @property
    def lines(self) -> Sequence[str]:
        return self.text.removesuffix("\n").split("\n")


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file as a person can look at it."""

    name: str
    size_bytes: int
    readable: Readable | None
    """None: it is no text."""


def as_text(data: bytes, *, most_bytes: int = MOST_BYTES) -> Readable | None:
    """The beginning of a file as text; give one byte more than is shown, so that it is known whether there are any.
    None: it is no text."""
    is_cut = len(data) > most_bytes
    text = _decode(data[:most_bytes], is_whole=not is_cut)
    if text is None:
        return None
    invalid = text.count("\N{REPLACEMENT CHARACTER}")
    if invalid > len(text) * _MOST_INVALID:
        return None
    in_lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Readable(in_lines.translate(_SHOWN), is_cut, is_valid=not invalid)


def _decode(data: bytes, *, is_whole: bool) -> str | None:
    """A character that the cut goes through is left out."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(data, final=is_whole)
    if b"\0" in data:
        return None
    return codecs.getincrementaldecoder("utf-8-sig")("replace").decode(data, final=is_whole)
