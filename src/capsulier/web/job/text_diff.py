"""Two texts as one, with what went and what came."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORD = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 5_000


class Piece(NamedTuple):
    kind: Literal["same", "gone", "new"]
    text: str


def diff_words(before: str, after: str) -> tuple[Piece, ...]:
    """Word by word. Texts too long for that are shown as one gone and one new."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return Piece("gone", before), Piece("new", after)
    pieces: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece("gone", "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece("new", "".join(new[new_from:new_to])))
    return tuple(pieces)
