"""A view that is drawn again whenever something changes: news from the Manager, a second that passed, a key."""

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import sleep

from capsulier.cli.connection import Connection
from capsulier.cli.sse import read_events
from capsulier.core.errors import CapsulierError

_TRY_AGAIN_S = 1.0
_QUITS = frozenset(b"qQ\x03\x04")
"""q, Ctrl-C and Ctrl-D as a terminal types them."""


class News:
    """Whether anything changed at the Manager since we asked last: listened to in a thread."""

    def __init__(self, connection: Connection, platform: str | None) -> None:
        self._connection, self._platform = connection, platform
        self._changed = Event()
        Thread(target=self._listen, daemon=True).start()

    def take(self) -> bool:
        """Whether there was any."""
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    def _listen(self) -> None:
        while True:
            # The Manager may be away for a while; whoever draws asks it, too, and says so.
            with suppress(CapsulierError), self._connection.stream("events", platform=self._platform) as response:
                for event in read_events(response.iter_lines()):
                    if event.name != "beat":
                        self._changed.set()
            sleep(_TRY_AGAIN_S)


@contextmanager
def keys() -> Iterator["Keys"]:
    """The terminal gives each key at once and shows none of them."""
    fd = sys.stdin.fileno() if sys.stdin.isatty() else None
    before = termios.tcgetattr(fd) if fd is not None else None
    try:
        if fd is not None:
            tty.setcbreak(fd, termios.TCSADRAIN)
        yield Keys(fd)
    finally:
        if fd is not None and before is not None:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


class Keys:
    def __init__(self, fd: int | None) -> None:
        self._fd = fd

    def is_over(self, within_s: float) -> bool:
        """Whether somebody asked for the end within that time; returns at once then."""
        if self._fd is None:
            sleep(within_s)
            return False
        ready, _, _ = select.select([self._fd], [], [], within_s)
        if not ready:
            return False
        typed = os.read(self._fd, 64)
        return not typed or not _QUITS.isdisjoint(typed)
