"""Put packed logs in the place of plain ones, of executions that have ended."""

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from capsulier.logs.packed import pack, packed_path, read_facts
from capsulier.logs.source import open_regular


def pack_log(path: Path, stop: Callable[[], bool] = lambda: False) -> bool:
    """Pack it, unless it is packed already; whether it is packed now.

    Not while any program has it open for writing: what an execution left behind may still write. Killed at any moment
    the log is there, plain or packed or both; doing it again finishes what was begun.
    """
    try:
        plain = open_regular(path)
    except FileNotFoundError:
        return _is_whole(packed_path(path))
    with plain:
        stands = os.fstat(plain.fileno())
        if _is_being_written(plain.fileno()):
            return False
        if not _is_packed_of(path, stands):
            draft = path.with_name(f".{path.name}.gz.partial")
            try:
                with draft.open("wb") as file:
                    os.fchmod(file.fileno(), stat.S_IMODE(stands.st_mode))  # it is for nobody else than the plain one
                    if not pack(plain, file, stop):
                        return False
                    file.flush()
                    os.fsync(file.fileno())
                os.utime(draft, ns=(stands.st_atime_ns, stands.st_mtime_ns))
                draft.replace(packed_path(path))
                _sync_directory(path.parent)
            finally:
                draft.unlink(missing_ok=True)
        now = os.fstat(plain.fileno())
        if (now.st_size, now.st_mtime_ns) != (stands.st_size, stands.st_mtime_ns) or _is_being_written(plain.fileno()):
            packed_path(path).unlink()  # it was written to after all; the plain one counts
            return False
    path.unlink(missing_ok=True)
    return True


def _is_whole(path: Path) -> bool:
    with suppress(FileNotFoundError), open_regular(path) as packed:
        return read_facts(packed) is not None
    return False


def _is_packed_of(path: Path, stands: os.stat_result) -> bool:
    """Whether a pass that was killed has packed this very file already."""
    with suppress(FileNotFoundError), open_regular(packed_path(path)) as packed:
        facts = read_facts(packed)
        return facts is not None and facts[:3] == (stands.st_size, stands.st_ino, stands.st_mtime_ns)
    return False


def _is_being_written(descriptor: int) -> bool:
    """Whether anybody has it open for writing: then no lease to read it is given (fcntl(2)). Where the file system
    gives none at all, nobody can say."""
    # Who opens it for writing just now would have us sent SIGIO, which ends a process; nobody minds SIGURG.
    fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
