"""Wake-ups between processes: "look again", without a payload, because the database is the only truth.

On PostgreSQL they go by NOTIFY, on SQLite by datagrams to the Unix sockets in the data directory's `run/`. One that is
lost costs a moment, never a fact: everybody also looks by themselves now and then.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from capsulier.config import config

_CHANNEL = "capsulier"
_DJANGOS_OWN = frozenset({"context", "cursor_factory", "prepare_threshold"})
_listeners = count(1)
"""One that leaves takes its own socket away, not that of the next in its process."""
CONDUCTOR = "conductor"
PAGES = "pages"
ALERTS = "alerts"


def wake(*topics: str) -> None:
    """Wake those who listen to these topics once the current transaction has been committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for topic in topics:
                cursor.execute("SELECT pg_notify(%s, %s)", [_CHANNEL, topic])
    else:
        # Robust: what has been committed is done, whether or not anybody could be woken.
        transaction.on_commit(lambda: _send(topics), robust=True)


def _send(topics: tuple[str, ...]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
        for path in _listening(topics):
            try:
                sender.sendto(b"1", _short(path))
            except BlockingIOError:
                pass  # its queue is full of wake-ups: it will wake
            except (ConnectionRefusedError, FileNotFoundError):
                path.unlink(missing_ok=True)  # left by a process that was killed


def _listening(topics: tuple[str, ...]) -> list[Path]:
    """The sockets of who listens to any of these topics. Asked with every turn: a glob takes five times as long."""
    directory, begins = config().run_dir, tuple(f"{topic}." for topic in topics)
    try:
        names = os.listdir(directory)  # noqa: PTH208
    except FileNotFoundError:
        return []
    return [directory / name for name in names if name.startswith(begins) and name.endswith(".wake")]


def _short(path: Path) -> str:
    """The path relative to where we are, if that is shorter: a socket's path may have 107 bytes."""
    return min(str(path), os.path.relpath(path), key=len)


async def listen(topic: str) -> AsyncGenerator[None]:
    """Yield at every wake-up of this topic; several in a row may come as one. Begins with one, for what came before."""
    source = _listen_postgresql(topic) if connection.vendor == "postgresql" else _listen_sqlite(topic)
    async with contextlib.aclosing(source):
        async for _ in source:
            yield


async def _listen_sqlite(topic: str) -> AsyncGenerator[None]:
    path = config().run_dir / f"{topic}.{os.getpid()}-{next(_listeners)}.wake"
    path.unlink(missing_ok=True)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as receiver:
        receiver.bind(_short(path))
        try:
            yield
            while True:
                await loop.sock_recv(receiver, 16)
                with contextlib.suppress(BlockingIOError):
                    while receiver.recv(16):
                        pass
                yield
        finally:
            path.unlink(missing_ok=True)


async def _listen_postgresql(topic: str) -> AsyncGenerator[None]:
    while True:
        with contextlib.suppress(psycopg.OperationalError):  # the server went away: connect again
            async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as listener:
                await listener.execute(f"LISTEN {_CHANNEL}")
                yield
                async for notice in listener.notifies():
                    if notice.payload == topic:
                        yield
        await asyncio.sleep(1)


def _address() -> dict[str, Any]:
    """Of the database that Django is connected to: a notice does not leave its database."""
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in parameters if name not in _DJANGOS_OWN}
