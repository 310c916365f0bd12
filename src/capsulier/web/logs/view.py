"""A view of an execution's logs that one can page through: the setup log, if there is one, then the streams chosen.

A place in it is written `setup:120` (an offset of the setup log), `4096` (of the one stream) or `4096,17` (of both).
For scrollbars there is also a scale: bytes from the beginning of the view. Of both streams the larger one gives it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from capsulier.core.errors import Invalid
from capsulier.logs.display import to_text
from capsulier.logs.files import LogName
from capsulier.logs.lines import Line
from capsulier.logs.merge import Position, merged_beside, read_merged_after, read_merged_before
from capsulier.logs.pages import line_offset, read_after, read_before
from capsulier.logs.source import LogDirectory, LogFile
from capsulier.logs.times import Times

PAGE_LINES = 400
MOST_LINES = 2000
PAGE_BYTES = 256 * 1024


class Streams(StrEnum):
    """What a person chooses to see."""

    STDOUT = "stdout"
    STDERR = "stderr"
    BOTH = "both"

    @property
    def label(self) -> str:
        return {"stdout": "Standard", "stderr": "Error", "both": "Both"}[self.value]


@dataclass(frozen=True, slots=True)
class Place:
    """Between two lines of the view."""

    offset: Position
    """In the streams: of a single one, its own is set and the other 0."""
    setup: int | None = None
    """In the setup log, where that is not over yet."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    name: LogName
    line: Line

    def as_json(self) -> dict[str, Any]:
        """With short names, and without what is usual: a page has hundreds of these."""
        line = self.line
        facts = {
            "n": line.number,
            "at": line.at_us,
            "cut": line.cut,
            "cut_at": line.cut and line.offset + line.skipped + len(line.data),
            "skipped": line.skipped,
            "rest": line.is_rest,
            "open": not line.ended,
        }
        shown = {"s": self.name, "o": line.offset, "t": to_text(line.data)}
        return shown | {name: value for name, value in facts.items() if value}


@dataclass(frozen=True, slots=True)
class ViewPage:
    lines: Sequence[ShownLine]
    start: Place
    end: Place


class LogView:
    """Reads the logs of one execution. Sizes are those at the moment of asking; a log that is not there is empty."""

    def __init__(self, logs: LogDirectory, streams: Streams, *, setup: bool = True) -> None:
        self._logs = logs
        self._streams = streams
        self.setup_size = self._size(LogName.SETUP) if setup else 0
        self._sizes = Position(
            self._size(LogName.STDOUT) if streams is not Streams.STDERR else 0,
            self._size(LogName.STDERR) if streams is not Streams.STDOUT else 0,
        )

    @property
    def top(self) -> Place:
        return Place(Position(), 0) if self.setup_size else Place(Position())

    @property
    def total(self) -> int:
        """The length of the scale."""
        return self.setup_size + sum(self._sizes)

    @property
    def larger(self) -> LogName:
        """The stream that the scale goes by."""
        return LogName.STDERR if self._sizes.err > self._sizes.out else LogName.STDOUT

    def after(self, place: Place, count: int = PAGE_LINES) -> ViewPage:
        """The lines below a place."""
        lines: list[ShownLine] = []
        start = place
        if place.setup is not None:
            read = (
                read_after(self._log(LogName.SETUP), place.setup, count, max_bytes=PAGE_BYTES)
                if self.setup_size
                else []
            )
            lines = _shown(LogName.SETUP, read)
            over = read[-1].end if read else self.setup_size
            start = Place(Position(), read[0].offset if read else over)
            place = Place(Position()) if over >= self.setup_size and any(self._sizes) else Place(Position(), over)
        if place.setup is None and len(lines) < count:
            below = self._streams_after(place.offset, count - len(lines))
            return ViewPage([*lines, *below.lines], start if lines else below.start, below.end)
        return ViewPage(lines, start, place)

    def before(self, place: Place, count: int = PAGE_LINES) -> ViewPage:
        """The lines above a place, in the order of the view."""
        above = ViewPage([], place, place)
        if place.setup is None:
            above = self._streams_before(place.offset, count)
        if any(above.start.offset) or not self.setup_size or len(above.lines) >= count:
            return above
        at = self.setup_size if above.start.setup is None else above.start.setup
        read = read_before(self._log(LogName.SETUP), at, count - len(above.lines), max_bytes=PAGE_BYTES) if at else []
        start = Place(Position(), read[0].offset if read else at)
        return ViewPage([*_shown(LogName.SETUP, read), *above.lines], start, above.end)

    def tail(self, count: int) -> ViewPage:
        """The last lines. Whatever the last one is like: where it is too long, its beginning."""
        return self.before(self.bottom(), count)

    def bottom(self) -> Place:
        if not any(self._sizes) and self.setup_size:
            return Place(Position(), self.setup_size)
        return Place(self._sizes)

    def _is_bottom(self, place: Place) -> bool:
        """Also of a place beyond, where a log has grown since its size was asked for."""
        if place.setup is not None:
            return place.setup >= self.setup_size and not any(self._sizes)
        return place.offset.out >= self._sizes.out and place.offset.err >= self._sizes.err

    def at(self, scale: int) -> Place:
        """The beginning of the line at a point of the scale."""
        if scale < self.setup_size:
            return Place(Position(), max(0, scale))
        main = sum(self._sizes)
        return self.beside(self.larger, (scale - self.setup_size) * max(self._sizes) // main) if main else self.top

    def beside(self, name: LogName, offset: int) -> Place:
        """The beginning of the line that a byte of one log is in."""
        if name is LogName.SETUP:
            return Place(Position(), offset)
        if self._streams is Streams.BOTH:
            return Place(merged_beside(self._logs, name, offset))
        return Place(Position(offset, 0) if name is LogName.STDOUT else Position(0, offset))

    def at_line(self, name: LogName, number: int) -> Place:
        """The beginning of the n-th line of one log; of the last one where there are not as many."""
        log = self._log(name)
        offset = line_offset(log, number) if log.exists() else 0
        return self.beside(name, self._size(name) - 1 if offset is None else offset)

    def scale_of(self, place: Place) -> int:
        if place.setup is not None:
            return place.setup
        return self.scale_at(place.offset[self.larger is LogName.STDERR])

    def scale_at(self, offset: int) -> int:
        """Of a byte of the larger stream."""
        size = max(self._sizes)
        return self.setup_size + (min(offset, size) * sum(self._sizes) // size if size else 0)

    def parse(self, text: str) -> Place:
        """A place as `written` writes it. Raises Invalid."""
        name, _, offset = text.rpartition(":")
        numbers = offset.split(",")
        if name not in {"", "setup"} or not all(each.isdecimal() and len(each) < 19 for each in numbers):
            raise Invalid(f"“{text[:40]}” is no place in a log.")
        if name:
            return Place(Position(), int(numbers[0]))
        if len(numbers) == 2:
            return Place(Position(int(numbers[0]), int(numbers[1])))
        return self.beside(LogName(self._streams), int(numbers[0])) if self._streams is not Streams.BOTH else self.top

    def written(self, place: Place) -> str:
        if place.setup is not None:
            return f"setup:{place.setup}"
        return ",".join(map(str, place.offset)) if self._streams is Streams.BOTH else str(max(place.offset))

    def as_json(self, page: ViewPage) -> dict[str, Any]:
        settled, settled_lines = self._settled(page)
        return {
            "lines": [line.as_json() for line in page.lines],
            "start": self.written(page.start),
            "end": self.written(page.end),
            "settled": self.written(settled),
            "settled_lines": settled_lines,
            "begin": self.scale_of(page.start),
            "finish": self.scale_of(page.end),
            "total": self.total,
            "top": page.start == self.top,
            "bottom": self._is_bottom(page.end),
        }

    def _settled(self, page: ViewPage) -> tuple[Place, int]:
        """Up to where a page will not change any more, and how many of its lines that is: a line that is being written
        grows, and one whose time is not known yet may change places with another stream's."""
        place = page.start
        for count, (name, line) in enumerate((each.name, each.line) for each in page.lines):
            if not line.ended or (line.at_us is None and name is not LogName.SETUP):
                return place, count
            if name is LogName.SETUP:
                place = Place(Position(), line.end)
            else:
                out, err = place.offset
                place = Place(Position(line.end, err) if name is LogName.STDOUT else Position(out, line.end))
        return page.end, len(page.lines)

    def _streams_after(self, at: Position, count: int) -> ViewPage:
        if self._streams is Streams.BOTH:
            page = read_merged_after(self._logs, at, count, max_bytes=PAGE_BYTES)
            return ViewPage([ShownLine(*each) for each in page.lines], Place(page.start), Place(page.end))
        return self._page(read_after, at, count)

    def _streams_before(self, at: Position, count: int) -> ViewPage:
        if self._streams is Streams.BOTH:
            page = read_merged_before(self._logs, at, count, max_bytes=PAGE_BYTES)
            return ViewPage([ShownLine(*each) for each in page.lines], Place(page.start), Place(page.end))
        return self._page(read_before, at, count)

    def _page(self, read: Any, at: Position, count: int) -> ViewPage:
        name = LogName(self._streams)
        if not self._log(name).exists():
            return ViewPage([], Place(at), Place(at))
        with Times(self._logs.times) as times:
            lines: list[Line] = read(self._log(name), max(at), count, times=times.of(name), max_bytes=PAGE_BYTES)
        end = min(max(at), max(self._sizes))
        start, end = (lines[0].offset, lines[-1].end) if lines else (end, end)
        return ViewPage(_shown(name, lines), self.beside(name, start), self.beside(name, end))

    def _log(self, name: LogName) -> LogFile:
        return self._logs.log(name)

    def _size(self, name: LogName) -> int:
        return self._log(name).size


def _shown(name: LogName, lines: Iterable[Line]) -> list[ShownLine]:
    return [ShownLine(name, line) for line in lines]
