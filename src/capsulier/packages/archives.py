"""What is known of archives before any of their bytes is believed."""

import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

MOST_TAR_BYTES = 200_000_000
"""A tar has no directory: its files are walked through, unpacking on the way, so far at most."""
_MOST_DIRECTORY_BYTES = 8_000_000
"""Of a zip's directory, which is read whole."""
_ZIP_END = struct.Struct("<4s4H2LH")
_TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError)
"""What the readers of archives say of those that are not as they should be; bz2 and gzip say it by an OSError."""


def is_tar(name: str) -> bool:
    return name.lower().endswith(_TAR_ENDINGS)


def tar_name(member: tarfile.TarInfo) -> str:
    """As people say it: many tars have a "./" before each of their names."""
    return member.name.removeprefix("./")


def is_zip(path: Path) -> bool:
    """Does it end in the record of a zip whose directory is not too large? It says so itself."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _ZIP_END.size - 0xFFFF))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < _ZIP_END.size:
        return False
    directory_bytes: int = _ZIP_END.unpack_from(end, at)[5]
    return directory_bytes <= min(_MOST_DIRECTORY_BYTES, size)
