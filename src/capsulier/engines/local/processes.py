"""The processes of this machine, as /proc shows them."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")
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


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process."""

    resident_bytes: int
    peak_bytes: int
    """The most that was resident since it began its program."""


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


def own_memory_bytes(pid: int, rss_bytes: int) -> int:
    """What would be free without it: its proportional share of the pages it shares with others (PSS). Where we may not
    know, its resident size."""
    return _size_in(_read(f"/proc/{pid}/smaps_rollup") or b"", b"\nPss:") or rss_bytes


def read_memory(pid: int) -> Memory | None:
    """None: there is no such process, or it has no memory any more."""
    status = _read(f"/proc/{pid}/status") or b""
    resident_bytes, peak_bytes = _size_in(status, b"\nVmRSS:"), _size_in(status, b"\nVmHWM:")
    return Memory(resident_bytes, peak_bytes) if peak_bytes else None


def cpu_us_of(pid: int) -> int:
    """The processor time of this process and of all that it has waited for."""
    text = _read(f"/proc/{pid}/stat") or b""
    return sum(map(int, text[text.rindex(b")") + 2 :].split()[11:15])) * _TICK_US if text else 0


def descendants(pid: int) -> list[int]:
    """All that descend from this process now, without itself; a few reads, where a census would be thousands."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [int(child) for task in _tasks(parent) for child in (_read(f"{task}/children") or b"").split()]
        found += children
        waiting += children
    return found


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


def _tasks(pid: int) -> list[str]:
    """Its threads: each has children of its own."""
    try:
        return [f"/proc/{pid}/task/{task}" for task in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208
    except _GONE:
        return []


def _size_in(text: bytes, label: bytes) -> int:
    """The number of bytes that stands behind this label as kB; 0 where it does not."""
    _, found, rest = text.partition(label)
    return int(rest.split(maxsplit=1)[0]) * 1024 if found else 0
