"""Unpacks an archive safely. Runs by itself, as a preparation step: `python -I -S unpack.py ARCHIVE DIRECTORY`.

Standard library only, and little of it: it is started for every execution of a package that is unpacked. Nothing of
an archive is believed: no file lands outside of the directory, no link leads out of it, its files and bytes are
counted while they are written, and the process bounds its own memory.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
import zipfile

TYPE_CHECKING = False  # as type checkers know it; to import typing takes as long as to unpack a small archive
if TYPE_CHECKING:
    import tarfile
    from collections.abc import Iterator
    from typing import IO

MOST_FILES = 100_000
MOST_BYTES = 20_000_000_000
MOST_DIRECTORY_BYTES = 24_000_000
"""Of a zip's directory of files, which is read whole: 100,000 files with long names."""
_MOST_MEMORY_BYTES = 1_000_000_000
"""Address space, not memory in use: an archive can ask for a dictionary of gigabytes."""
_CHUNK_BYTES = 1 << 18
_TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


class Unsafe(Exception):
    """The archive is not unpacked; says why."""


class _Entry:
    """One thing in an archive."""

    __slots__ = ("kind", "mode", "name", "target")

    def __init__(self, name: str, kind: str, mode: int = 0o644, target: str = "") -> None:
        self.name, self.kind, self.mode, self.target = name, kind, mode, target


def unpack(archive: str, directory: str, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> int:
    """Unpack into a directory that exists; how many files there were. Raises Unsafe with what is wrong. What was
    unpacked until then stays."""
    writer = _Writer(os.path.realpath(directory), most_files, most_bytes)
    if archive.lower().endswith(_TAR_ENDINGS):
        _unpack_tar(archive, writer)
    else:
        _unpack_zip(archive, writer)
    writer.make_links()
    return writer.files


class _Writer:
    """Writes what archives contain, and refuses what they should not."""

    def __init__(self, directory: str, most_files: int, most_bytes: int) -> None:
        self.directory = directory
        self.files = 0
        self._most_files, self._most_bytes = most_files, most_bytes
        self._bytes = 0
        self._links: dict[str, str] = {}
        """Where one is to be → what it leads to."""

    def write(self, entry: _Entry, content: IO[bytes] | None) -> None:
        self.files += 1
        if self.files > self._most_files:
            raise Unsafe(f"it has more than {self._most_files:,} files")
        path = self._place_of(entry.name)
        try:
            if entry.kind == "directory":
                os.makedirs(path, exist_ok=True)
                return
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.lexists(path):
                os.unlink(path)
            self._links.pop(path, None)
            if entry.kind == "link":
                # Made at the very end: while files are written there is no link that could lead one astray.
                self._links[path] = entry.target
            elif entry.kind == "copy":
                os.link(self._place_of(entry.target), path)
            elif content is not None:
                self._copy(content, path, entry.mode)
        except (IsADirectoryError, NotADirectoryError, FileExistsError) as error:
            raise Unsafe(f"“{entry.name}” is a file and a folder in it") from error
        except FileNotFoundError as error:
            raise Unsafe(f"“{entry.name}” is a link to a file that is not in it") from error

    def make_links(self) -> None:
        for path, target in self._links.items():
            if os.path.lexists(path):
                raise Unsafe(f"“{os.path.relpath(path, self.directory)}” is a link and a folder in it")
            os.symlink(target, path)
        # Looked at when all are there: each alone may be harmless, and one through another lead out.
        for path, target in self._links.items():
            if not self._is_inside(os.path.realpath(path)):
                for each in self._links:
                    if os.path.islink(each):
                        os.unlink(each)
                name = os.path.relpath(path, self.directory)
                raise Unsafe(f"“{name}” is a link that leads out of it, to “{target}”")

    def _place_of(self, name: str) -> str:
        # Some zips made on Windows have their folders parted by backslashes.
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or (parts and parts[0].endswith(":")):
            raise Unsafe(f"“{name}” would be outside of the working directory")
        return os.path.join(self.directory, *parts)

    def _is_inside(self, path: str) -> bool:
        return path == self.directory or path.startswith(self.directory + os.sep)

    def _copy(self, content: IO[bytes], path: str, mode: int) -> None:
        # O_EXCL and O_NOFOLLOW: what is written to is new, and what it seems to be.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        permissions = 0o600 | (stat.S_IMODE(mode) & 0o777)
        with open(os.open(path, flags, permissions), "wb", buffering=0) as file:
            while chunk := content.read(_CHUNK_BYTES):
                self._bytes += len(chunk)
                if self._bytes > self._most_bytes:
                    raise Unsafe(f"it has more than {self._most_bytes:,} bytes, unpacked")
                file.write(chunk)


def _unpack_zip(path: str, writer: _Writer) -> None:
    try:
        _check_directory_size(path)
        with zipfile.ZipFile(path) as archive:
            for entry, info in _zip_entries(archive):
                with archive.open(info) as content:
                    writer.write(entry, content)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise Unsafe(f"it is no zip that can be read: {error}") from error
    except RuntimeError as error:  # what zipfile says of one that is encrypted
        raise Unsafe("it is encrypted") from error


def _check_directory_size(path: str) -> None:
    """A zip says itself how large its directory is, and is not read if that is too much."""
    with open(path, "rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # as ZipFile does: it reads zip64's, too
    if end is not None and end[5] > MOST_DIRECTORY_BYTES:
        raise Unsafe(f"its list of files has {end[5]:,} bytes, and {MOST_DIRECTORY_BYTES:,} are the most allowed")


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[tuple[_Entry, zipfile.ZipInfo]]:
    for info in archive.infolist():
        mode = info.external_attr >> 16 if info.create_system == 3 else 0  # 3: made on Unix
        if info.is_dir():
            yield _Entry(info.filename, "directory"), info
        elif stat.S_ISLNK(mode):
            if info.file_size > 4096:
                raise Unsafe(f"“{info.filename}” is a link with a target of {info.file_size:,} characters")
            target = archive.read(info).decode(errors="surrogateescape")
            yield _Entry(info.filename, "link", target=target), info
        elif stat.S_IFMT(mode) in (0, stat.S_IFREG):
            yield _Entry(info.filename, "file", mode=mode or 0o644), info
        else:
            raise Unsafe(f"“{info.filename}” is neither a file nor a folder nor a link")


def _unpack_tar(path: str, writer: _Writer) -> None:
    import tarfile  # noqa: PLC0415 - not needed for zips, and slow to import

    try:
        with tarfile.open(path, "r|*") as archive:  # a stream: members are not kept
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                writer.write(_tar_entry(member), content)
                archive.members = []  # type: ignore[attr-defined]
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's, not the archive's
        raise Unsafe(f"it is no tar that can be read: {error}") from error


def _tar_entry(member: tarfile.TarInfo) -> _Entry:
    if member.isreg():
        return _Entry(member.name, "file", mode=member.mode)
    if member.isdir():
        return _Entry(member.name, "directory")
    if member.issym():
        return _Entry(member.name, "link", target=member.linkname)
    if member.islnk():
        return _Entry(member.name, "copy", target=member.linkname)
    raise Unsafe(f"“{member.name}” is neither a file nor a folder nor a link")


def main(arguments: list[str]) -> int:
    archive, directory = arguments
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    disk = os.statvfs(directory)
    free_bytes = disk.f_bavail * disk.f_frsize
    try:
        files = unpack(archive, directory, most_bytes=min(MOST_BYTES, free_bytes))
    except Unsafe as refusal:
        print(f"{os.path.basename(archive)} is not unpacked: {refusal}.", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"{os.path.basename(archive)} is not unpacked: it needs too much memory.", file=sys.stderr)
        return 1
    print(f"{files:,} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
