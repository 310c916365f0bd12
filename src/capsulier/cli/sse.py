"""Server-sent events, as the HTML standard writes them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Event(NamedTuple):
    name: str
    data: str


def read_events(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream, each when its empty line has come. Comments and fields that we do not use are skipped."""
    name = ""
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield Event(name or "message", "\n".join(data))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value
