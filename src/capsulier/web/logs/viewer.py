"""The log viewer as the server draws it: its last lines as plain text, which the script takes over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from capsulier.core.states import LIVE, State
from capsulier.logs.files import LogName
from capsulier.services.log_files import logs_of
from capsulier.store.models import Execution
from capsulier.web.logs.view import LogView, ShownLine, Streams

LAST_LINES = 500
_COLOUR = re.compile("\x1b\\[[0-9;:]*m")


@dataclass(frozen=True, slots=True)
class PlainLine:
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    execution: Execution
    stream: Streams
    show: str
    """last, or full: which of the buttons is pressed."""
    lines: int
    plain: Sequence[PlainLine]
    is_compact: bool
    is_live: bool
    waiting: str
    """What stands there while nothing has been written."""
    nothing: str
    """The same of one that has ended."""

    @property
    def url(self) -> str:
        return f"/executions/{self.execution.pk}/log"

    @property
    def raw_url(self) -> str:
        """Of the API, to be followed by the name of a log."""
        return f"/api/v2/executions/{self.execution.pk}/logs"


def viewer(
    execution: Execution, stream: str, *, show: str = "last", lines: int = LAST_LINES, is_compact: bool = False
) -> Viewer:
    streams = Streams(stream) if stream in set(Streams) else Streams.BOTH
    return Viewer(
        execution=execution,
        stream=streams,
        show="full" if show == "full" else "last",
        lines=lines,
        plain=_plain(execution, streams, lines),
        is_compact=is_compact,
        is_live=State(execution.state) in LIVE,
        waiting=_waiting(execution),
        nothing=_nothing(execution),
    )


def _plain(execution: Execution, streams: Streams, lines: int) -> list[PlainLine]:
    try:
        page = LogView(logs_of(execution), streams).tail(lines)
    except FileNotFoundError:  # taken away between two looks
        return []
    return [PlainLine(_text(each), each.name is LogName.STDERR) for each in page.lines]


def _text(line: ShownLine) -> str:
    facts = line.as_json()
    left_out = f" … {line.line.cut:,} bytes more" if line.line.cut else ""
    return _COLOUR.sub("", str(facts["t"])) + left_out


def _nothing(execution: Execution) -> str:
    if execution.files_gone_us is not None:
        return "This log is no longer kept."
    return "This execution wrote nothing."


def _waiting(execution: Execution) -> str:
    if execution.state == State.QUEUED:
        return "Queued. The log begins when the program does."
    if execution.state == State.PENDING:
        return "Being prepared. The log begins when the program does."
    return "Nothing has been written yet."
