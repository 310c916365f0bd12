"""Searching a view: how many lines match in all, and where the first of them are, in the order of the view."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import islice
from typing import NamedTuple

from capsulier.logs.files import LogName
from capsulier.logs.grep import Query
from capsulier.logs.search import search
from capsulier.logs.source import LogDirectory
from capsulier.logs.times import StreamTimes, Times
from capsulier.web.logs.view import LogView, Streams

MOST_HITS = 20_000
"""Enough to go through one by one; the count is of all."""


class Match(NamedTuple):
    """A line that matches, in the order of the view."""

    record: int
    """Of the time index, where there are two streams to order by it; -1 for the setup log, which comes first."""
    name: LogName
    offset: int
    number: int


class Matches(NamedTuple):
    total: int
    first: list[Match]


def find_matches(
    logs: LogDirectory, streams: Streams, query: Query, is_over: Callable[[], bool] = lambda: False
) -> Matches | None:
    """Search the logs of a view, the setup log too; None as soon as `is_over` says that nobody wants to know any more.
    Raises Invalid for a pattern that cannot be searched for."""
    total, found = 0, list[Match]()
    with ExitStack() as opened:
        times = opened.enter_context(Times(logs.times))
        for name in logs_of(streams):
            log = logs.log(name)
            if not log.exists():
                continue
            of_stream = times.of(name) if streams is Streams.BOTH and name is not LogName.SETUP else None
            with closing(search(log, query, limit=MOST_HITS)) as spans:
                for span in spans:
                    if is_over():
                        return None
                    total += span.matching_lines
                    found += [Match(_record(name, hit.offset, of_stream), name, *hit) for hit in span.hits]
    return Matches(total, list(islice(sorted(found, key=_in_view), MOST_HITS)))


def scales_of(logs: LogDirectory, view: LogView, matches: list[Match]) -> list[int]:
    """Where these are on the scale of the view."""
    with Times(logs.times) as times:
        larger = times.of(view.larger)
        return [
            match.offset
            if match.name is LogName.SETUP
            else view.scale_at(match.offset if match.name is view.larger else larger.size_before(match.record))
            for match in matches
        ]


def logs_of(streams: Streams) -> tuple[LogName, ...]:
    if streams is Streams.BOTH:
        return tuple(LogName)
    return LogName.SETUP, LogName(streams)


def _record(name: LogName, offset: int, times: StreamTimes | None) -> int:
    if name is LogName.SETUP:
        return -1
    return times.record_of(offset) if times else 0


def _in_view(match: Match) -> tuple[int, bool, int]:
    return match.record, match.name is LogName.STDERR, match.offset
