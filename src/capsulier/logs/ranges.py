"""Byte ranges of a log, for downloads and HTTP `Range`."""

from collections.abc import Iterator

from capsulier.logs.source import Log, LogFile, open_log

CHUNK_BYTES = 256 * 1024


def open_range(log: LogFile, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` up to, not including, `end` (None: as far as the log goes now), in chunks.

    The log is opened at once, so that a missing one is known before an answer is begun. Ends early if the program
    truncates its log meanwhile.
    """
    opened = open_log(log)
    return _chunks(opened, start, opened.size if end is None else end)


def _chunks(log: Log, start: int, end: int) -> Iterator[bytes]:
    with log:
        while start < end and (chunk := log.read(start, min(CHUNK_BYTES, end - start))):
            yield chunk
            start += len(chunk)
