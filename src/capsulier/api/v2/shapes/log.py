"""What a search of a log answers."""

from capsulier.api.v2.shapes.shape import Shape


class FoundLine(Shape):
    offset: int
    """Where the line begins, in bytes."""
    number: int
    """1 is the first line."""
    text: str
    """At most its first 64 kB."""


class Found(Shape):
    total: int
    """How many lines match in the whole log."""
    items: list[FoundLine]
    next: int | None
    """Give it as `page` to get what follows; null on the last page."""
