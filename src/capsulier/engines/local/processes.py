"""The processes of this machine, as /proc shows them."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment. Its id is used again some day; (id, started) is not."""

    pid: int
    parent: int
    group: int
    session: int
    started: int
    """Clock ticks since the machine was started."""
    rss_bytes: int
    is_halted: bool
    is_dead: bool
    """It only waits to be reaped by its parent."""

    @property
    def identity(self) -> tuple[int, int]:
        return self.pid, self.started


def list_processes() -> list[Process]:
    """Every process there is now."""
    found = (read_process(int(entry)) for entry in os.listdir("/proc") if entry.isdigit())  # noqa: PTH208 - hot
    return [process for process in found if process is not None]


def read_process(pid: int) -> Process | None:
    """None: there is none."""
    text = _read(f"/proc/{pid}/stat")
    if text is None:
        return None
    # The command's name stands in parentheses and may itself contain some. Fields are counted from proc(5), less 3.
    fields = text[text.rindex(b")") + 2 :].split()
    return Process(
        pid=pid,
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        started=int(fields[19]),
        rss_bytes=int(fields[21]) * _PAGE_BYTES,
        is_halted=fields[0] in (b"T", b"t"),
        # One whose first thread has ended while others run is a Z too.
        is_dead=fields[0] in (b"X", b"x") or (fields[0] == b"Z" and int(fields[17]) <= 1),
    )


def read_environment(pid: int) -> bytes:
    """The environment it was started with, NUL after each; empty where we may not know."""
    return _read(f"/proc/{pid}/environ") or b""


def read_arguments(pid: int) -> list[bytes]:
    """The command line it was started with; empty where it is gone."""
    return (_read(f"/proc/{pid}/cmdline") or b"").split(b"\0")


def own_memory_bytes(process: Process) -> int:
    """What would be free without it: its proportional share of the pages it shares with others (PSS)."""
    for line in (_read(f"/proc/{process.pid}/smaps_rollup") or b"").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return process.rss_bytes


def send(process: Process, number: signal.Signals) -> None:
    """Signal this process and no later one of the same id. One that has gone is no error."""
    with suppress(*_GONE):
        descriptor = os.pidfd_open(process.pid)
        try:
            now = read_process(process.pid)
            if now is not None and now.started == process.started:
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def _read(file: str) -> bytes | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except _GONE:
        return None
    try:
        parts = []
        while part := os.read(descriptor, 65536):
            parts.append(part)
        return b"".join(parts)
    except _GONE:
        return None
    finally:
        os.close(descriptor)
