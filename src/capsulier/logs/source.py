"""Open a log for ranged reads: the one place that knows how its bytes are stored, as they were written or packed.

What `Log` offers is all that its readers use. A reader is never given a path, only a `LogFile`, which knows what must
not be seen of it.
"""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, Self

from capsulier.logs.files import TIMES_NAME, LogName
from capsulier.logs.mask import Masker
from capsulier.logs.packed import PackedLog, packed_path, read_facts


class LogStat(NamedTuple):
    """How a log stands. Packing changes nothing of it."""

    size: int
    inode: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log, written or not yet."""

    path: Path
    masker: Masker | None
    """None: nothing of it is secret."""
    within: Path | None = None
    """It lies in this directory, whose owner may be somebody else and may change what is in it at any moment."""

    @property
    def size(self) -> int:
        """0 where nothing was written yet."""
        found = self.stat()
        return found.size if found else 0

    def exists(self) -> bool:
        return self.stat() is not None

    def stat(self) -> LogStat | None:
        """None where there is none, or something that is no log."""
        try:
            found = self.path.lstat()
        except FileNotFoundError:
            return _stat_packed(packed_path(self.path))
        return LogStat(found.st_size, found.st_ino, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


@dataclass(frozen=True, slots=True)
class LogDirectory:
    """The logs of one execution."""

    path: Path
    masker: Masker | None

    def log(self, name: LogName) -> LogFile:
        return LogFile(name.in_directory(self.path), self.masker)

    @property
    def times(self) -> Path:
        """Of its time index."""
        return self.path / TIMES_NAME


class Stored(Protocol):
    """The bytes of an open log."""

    size: int
    inode: int
    mtime_ns: int

    def read(self, start: int, length: int) -> bytes: ...

    def close(self) -> None: ...


class PlainLog:
    """The file that a program writes or has written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        stands = os.fstat(file.fileno())
        self.size, self.inode, self.mtime_ns = stands.st_size, stands.st_ino, stands.st_mtime_ns

    def read(self, start: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, start)

    def descriptor(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


class Log:
    """An open log, as long as it was when it was opened: what is written later does not show, so that an answer that
    takes several reads fits together."""

    def __init__(self, log: LogFile, stored: Stored) -> None:
        self.file = log
        self._stored = stored
        self._masker = log.masker
        self.stat = LogStat(stored.size, stored.inode, stored.mtime_ns)
        self.size = stored.size

    def read(self, start: int, length: int) -> bytes:
        """The bytes of a range, masked; fewer at the end, or if the program truncated its log meanwhile."""
        if self._masker is None:
            return self.read_unmasked(start, length)
        return self._masker.read(self.read_unmasked, start, length, self.size)

    def read_unmasked(self, start: int, length: int) -> bytes:
        """For what no reader gets to see: line breaks (masking never moves them) and fingerprints."""
        return self._stored.read(start, max(0, min(length, self.size - start)))

    def plain(self) -> int | None:
        """A descriptor of the file itself, where its bytes are just those that `read` answers; None where they are
        masked, or stored in another way. For whoever can take them from there without handing them through us."""
        return self._stored.descriptor() if self._masker is None and isinstance(self._stored, PlainLog) else None

    def close(self) -> None:
        self._stored.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_log(log: LogFile) -> Log:
    """Open it; `FileNotFoundError` where nothing was written yet, or the log is no longer kept."""
    try:
        return Log(log, PlainLog(open_regular(log.path, log.within)))
    except FileNotFoundError:
        packed = packed_path(log.path)
        return Log(log, PackedLog(open_regular(packed, log.within), packed))


def open_log_if_any(log: LogFile) -> Log:
    """Open it; an empty one where nothing was written yet."""
    try:
        return open_log(log)
    except FileNotFoundError:
        return Log(log, PlainLog(open_if_any(log.path)))


def _stat_packed(path: Path) -> LogStat | None:
    try:
        with open_regular(path) as file:
            facts = read_facts(file)
    except FileNotFoundError:
        return None
    return LogStat(*facts[:3]) if facts else None


def open_regular(path: Path, within: Path | None = None) -> BinaryIO:
    """Open what a program may have put something else in the place of: a link could lead to what its reader may not
    see, a pipe would hold us up for ever. Either counts as `FileNotFoundError`, as does what lies outside of `within`
    once it is open, whatever folder of the path was a link by then."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode) or not (within is None or _lies_within(descriptor, within)):
        os.close(descriptor)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return os.fdopen(descriptor, "rb", buffering=0)


def _lies_within(descriptor: int, directory: Path) -> bool:
    """Not if its owner is another than the directory's and it has other names: one may be of a file elsewhere that the
    directory's owner cannot read (where the kernel allows such hard links)."""
    found = os.fstat(descriptor)
    if found.st_nlink > 1 and found.st_uid != directory.stat().st_uid:
        return False
    return Path(os.readlink(f"/proc/self/fd/{descriptor}")).is_relative_to(os.path.realpath(directory))  # noqa: PTH115


def open_if_any(path: Path) -> BinaryIO:
    """The same; empty where there is none."""
    try:
        return open_regular(path)
    except FileNotFoundError:
        return Path(os.devnull).open("rb", buffering=0)
