"""Follow a log while its program writes it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from capsulier.logs.mask import Masker
from capsulier.logs.source import Log, LogFile, open_log

CHUNK_BYTES = 64 * 1024
PAUSE_S = 0.1
_FRESH_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """What came next."""

    offset: int
    data: bytes
    restarted: bool = False
    """The program truncated its log: what was delivered is no longer in it, and it begins anew at offset 0."""


async def follow(
    log: LogFile,
    offset: int,
    ended: Callable[[], Awaitable[bool]],
    *,
    pause_s: float = PAUSE_S,
) -> AsyncIterator[Chunk]:
    """Everything from an offset on, until the execution has ended and all of it was delivered.

    A log that does not exist yet is waited for. `ended` is asked only when there is nothing new. Bytes that may be the
    beginning of a secret value are held back until it is clear. A log that was truncated and has already grown beyond
    where it was when we look again is taken for the same one.
    """
    inode: int | None = None
    over = False
    while True:
        began_at = offset
        if (found := log.stat()) is not None:
            if found.size < offset or inode not in (None, found.inode):
                offset = 0
                yield Chunk(offset, b"", restarted=True)
            inode = found.inode
            if found.size > offset:
                with open_log(log) as opened:
                    end = opened.size if over or log.masker is None else _settled_end(opened, log.masker)
                    while offset < end and (data := await _read(opened, offset, end)):
                        yield Chunk(offset, data)
                        offset += len(data)
        if over:
            return
        over = offset == began_at and await ended()
        if not over:
            await asyncio.sleep(pause_s)


def _settled_end(log: Log, masker: Masker) -> int:
    """Up to where masking will not change any more, whatever is written next."""
    start = max(0, log.size - masker.overlap)
    return log.size - masker.unfinished(log.read_unmasked(start, masker.overlap))


async def _read(log: Log, offset: int, end: int) -> bytes:
    """What was just written is in memory and read at once; what lies further back may come from a slow disk."""
    length = min(CHUNK_BYTES, end - offset)
    if end - offset <= _FRESH_BYTES:
        return log.read(offset, length)
    return await asyncio.to_thread(log.read, offset, length)
