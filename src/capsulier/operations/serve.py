"""`capsulier serve`: the whole product in one command: web and conductor, two processes, restarted if they die.

This supervisor imports the standard library only: it is small, and there is little in it that could fail.
"""

import argparse
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from capsulier.core.locations import default_data_dir
from capsulier.operations.setup import CANNOT_START
from capsulier.own_log import JsonLines

_log = logging.getLogger(__name__)
_SOONEST_RESTART_S = 0.2
_LATEST_RESTART_S = 10.0
_STEADY_S = 30.0
"""Who ran for so long is started again at once."""
_PATIENCE_S = 15.0
"""For an orderly end, before the processes are killed. The executions' programs are not concerned."""


def main(argv: list[str]) -> int:
    arguments = _parse(argv)
    data_dir = Path(arguments.data_dir).expanduser().resolve()
    os.environ["CAPSULIER_DATA_DIR"] = str(data_dir)
    if arguments.database:
        os.environ["CAPSULIER_DATABASE"] = arguments.database
    _listen_to_own_log()
    try:
        listener = _bind(arguments.host, arguments.port)
    except OSError as error:
        _log.error("%s:%d cannot be used: %s.", arguments.host, arguments.port, error.strerror)
        return 1
    return _Supervisor(listener).run()


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="capsulier serve", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: loopback only)")
    parser.add_argument("--port", type=int, default=7410, help="0 chooses a free one (default: 7410)")
    data_dir = os.environ.get("CAPSULIER_DATA_DIR") or default_data_dir(os.environ)
    parser.add_argument("--data-dir", default=data_dir, help="database, packages, logs, keys (default: %(default)s)")
    parser.add_argument("--database", default="", help="postgresql://… instead of SQLite in the data directory")
    return parser.parse_args(argv)


def _bind(host: str, port: int) -> socket.socket:
    """Bound once, here: a web process that is restarted keeps the port, and nobody is refused meanwhile."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


@dataclass
class _Child:
    name: str
    command: list[str]
    first: list[str] = field(default_factory=list)
    """What it is told besides at its first start."""
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay_s: float = 0.0
    """Before its next restart: none at first, then longer and longer."""
    start_at: float = field(default=0.0)

    def start(self) -> None:
        # Its standard input is our pipe: when we are gone, however, it closes, and the child ends.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "capsulier", *self.command, *self.first],
            stdin=subprocess.PIPE,
            pass_fds=self.pass_fds,
        )
        self.first = []
        self.started_at = time.monotonic()

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def restart_later(self) -> None:
        """Sooner or later, by how long it ran."""
        now = time.monotonic()
        if now - self.started_at > _STEADY_S:
            self.delay_s = 0.0
        self.start_at = now + self.delay_s
        self.delay_s = min(max(self.delay_s * 2, _SOONEST_RESTART_S), _LATEST_RESTART_S)
        self.process = None


def _listen_to_own_log() -> None:
    handler = logging.StreamHandler()
    as_json = os.environ.get("CAPSULIER_LOG_FORMAT") == "json"
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("capsulier: %(message)s"))
    _log.addHandler(handler)


class _Supervisor:
    def __init__(self, listener: socket.socket) -> None:
        fd = listener.fileno()
        self._children = [
            _Child("web", ["web", "--fd", str(fd), "--with-parent"], first=["--greet"], pass_fds=(fd,)),
            _Child("conductor", ["conductor", "--with-parent"]),
        ]
        self._ending = False
        self._code = 0

    def run(self) -> int:
        woken, waker = socket.socketpair()
        for end in (woken, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "_ending", True))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for child in self._children:
            child.start()
        with selectors.DefaultSelector() as selector:
            selector.register(woken, selectors.EVENT_READ)
            while not self._ending:
                selector.select(self._look_after())
                _drain(woken)
        return self._end()

    def _look_after(self) -> float | None:
        """Start again whoever died; answer in how many seconds to look again."""
        now, waits = time.monotonic(), []
        for child in self._children:
            if child.has_died():
                code = child.process.returncode if child.process else None
                if code == CANNOT_START:  # it has said why
                    self._ending, self._code = True, CANNOT_START
                    return 0
                _log.warning("%s ended (%s). Starting it again.", child.name, code)
                child.restart_later()
            if child.process is None:
                if child.start_at <= now:
                    child.start()
                else:
                    waits.append(child.start_at - now)
        return min(waits, default=None)

    def _end(self) -> int:
        """Close the pipes, wait, and kill who does not end by himself."""
        deadline = time.monotonic() + _PATIENCE_S
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            if process.stdin:
                process.stdin.close()
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return self._code


def _drain(receiver: socket.socket) -> None:
    try:
        while receiver.recv(64):
            pass
    except BlockingIOError:
        return
