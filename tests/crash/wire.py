"""A wire between a process and its PostgreSQL, which can be cut: nothing comes through, and nobody is told."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit


class Wire:
    """Listens on TCP, and passes all on to the Unix socket of a server while it is whole."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        directory = parse_qs(parts.query)["host"][0]
        self._target = f"{directory}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://{parts.username}:@127.0.0.1:{self._listener.getsockname()[1]}{parts.path}"
        self._is_whole = threading.Event()
        self._is_whole.set()
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_whole.clear()

    def mend(self) -> None:
        self._is_whole.set()

    def close(self) -> None:
        self.mend()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                self._sockets += [near, far]
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Until both ends are done, or one is gone: then the other hears of it, too."""
        other = {near: far, far: near}
        with selectors.DefaultSelector() as selector, suppress(OSError, ValueError):
            for each in other:
                selector.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    self._is_whole.wait()
                    if not data:
                        other[source].shutdown(socket.SHUT_WR)
                        selector.unregister(source)
                    other[source].sendall(data)
        for each in other:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()
