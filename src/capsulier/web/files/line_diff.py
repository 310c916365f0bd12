"""Two texts line by line, as one: what went, what came, and some lines around."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

_AROUND = 3
_MOST_LINES = 10_000
"""Of both together: beyond that a comparison takes seconds."""


class DiffLine(NamedTuple):
    kind: Literal["same", "gone", "new", "gap"]
    before: int | None
    """Its number in the one text; None where it is not in it."""
    after: int | None
    text: str


def diff_lines(before: str, after: str) -> Sequence[DiffLine] | None:
    """None: they are too long to be compared."""
    old, new = _lines(before), _lines(after)
    if len(old) + len(new) > _MOST_LINES:
        return None
    groups = [list(_group(old, new, group)) for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_AROUND)]
    gap = DiffLine("gap", None, None, "")
    return [line for group in groups[:1] for line in group] + [
        line for _, group in pairwise(groups) for line in (gap, *group)
    ]


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _group(old: list[str], new: list[str], opcodes: list[tuple[str, int, int, int, int]]) -> Iterator[DiffLine]:
    for tag, old_from, old_to, new_from, new_to in opcodes:
        if tag == "equal":
            for number, text in enumerate(old[old_from:old_to]):
                yield DiffLine("same", old_from + number + 1, new_from + number + 1, text)
            continue
        for number, text in enumerate(old[old_from:old_to], old_from + 1):
            yield DiffLine("gone", number, None, text)
        for number, text in enumerate(new[new_from:new_to], new_from + 1):
            yield DiffLine("new", None, number, text)
