"""What a check has found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    problem: str
    """What is wrong, in a sentence, with the next step where there is one."""
    repair: str = ""
    """What was done about it; empty: nothing."""


Check = Callable[[bool], Iterator[Finding]]
"""Takes whether it may repair what it finds."""
