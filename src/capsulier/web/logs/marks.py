"""Where in a view of both streams the error output is, for the rail beside the log."""

from capsulier.logs.files import LogName
from capsulier.logs.source import LogDirectory
from capsulier.logs.times import Times
from capsulier.web.logs.view import LogView

MOST_MARKS = 400
"""And so the number of steps: more than a screen has room for."""


def error_marks(logs: LogDirectory, view: LogView) -> list[int]:
    """Points of the scale at which something was written to stderr, one for each step through the time index."""
    with Times(logs.times) as times:
        step = max(1, len(times) // MOST_MARKS)
        marks, err_before = list[int](), 0
        for number in range(step - 1, len(times), step):
            record = times[number]
            if record.err_size > err_before:
                larger = record.err_size if view.larger is LogName.STDERR else record.out_size
                marks.append(view.scale_at(larger))
            err_before = record.err_size
        return marks
