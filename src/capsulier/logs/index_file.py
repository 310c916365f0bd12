"""The file that a line index is kept in, `stdout.idx` beside `stdout.log`: a memory of work done, never the truth.

It is believed only if it is whole and was made from this very log: the same inode, not shorter than it was, not
rewritten in place, and with the same bytes at the end of the counted part (a program that truncated its log wrote
others since).
"""

import struct
import tempfile
import zlib
from array import array
from contextlib import suppress
from pathlib import Path

from capsulier.logs.files import index_path
from capsulier.logs.source import Log, open_regular

_MAGIC = b"lineidx1"
_HEADER = struct.Struct("<8sQQQQLL")
_FINGERPRINT_BYTES = 4096


def load_breaks(log: Log, block_bytes: int) -> "array[int] | None":
    """What was counted before; None if nothing was, or not of this log."""
    try:
        with open_regular(index_path(log.file.path)) as file:
            content = file.read()
    except OSError:
        return None
    if len(content) < _HEADER.size:
        return None
    magic, block, inode, size, mtime_ns, fingerprint, checksum = _HEADER.unpack_from(content)
    counted = content[_HEADER.size :]
    if (magic, block, inode) != (_MAGIC, block_bytes, log.stat.inode) or zlib.crc32(counted) != checksum:
        return None
    if log.size < size or (log.size == size and log.stat.mtime_ns != mtime_ns):
        return None
    breaks = array("Q")
    breaks.frombytes(counted)
    return breaks if _fingerprint(log, len(breaks) * block_bytes) == fingerprint else None


def save_breaks(log: Log, block_bytes: int, breaks: "array[int]") -> None:
    """Replace the file in one step. A full disk or a directory that may only be read costs the memory, not the
    answer."""
    with suppress(OSError):
        now = log.file.stat()
        if now is None or now.inode != log.stat.inode or now.size < log.size:
            return
        counted = breaks.tobytes()
        fingerprint = _fingerprint(log, len(breaks) * block_bytes)
        facts = (log.stat.inode, log.size, log.stat.mtime_ns, fingerprint, zlib.crc32(counted))
        _replace(index_path(log.file.path), _HEADER.pack(_MAGIC, block_bytes, *facts) + counted)


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _fingerprint(log: Log, end: int) -> int:
    start = max(0, end - _FINGERPRINT_BYTES)
    return zlib.crc32(log.read_unmasked(start, end - start))
