"""The processes of `serve` end with it: their standard input is a pipe that closes when it is gone, however it went."""

import asyncio
import contextlib
import os
import sys


def end_with_parent(ended: asyncio.Event) -> None:
    """Set `ended` when the pipe on standard input closes."""
    loop = asyncio.get_running_loop()
    fd = sys.stdin.fileno()
    os.set_blocking(fd, False)

    def read() -> None:
        with contextlib.suppress(BlockingIOError):
            if not os.read(fd, 64):
                loop.remove_reader(fd)
                ended.set()

    loop.add_reader(fd, read)
