"""Small disks that fill up, as real as any: tmpfs, mounted by root or by the root of a namespace of our own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE_BYTES = 4096


def may_mount() -> bool:
    return os.geteuid() == 0


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    path.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "capsulier", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(disk: Path) -> Path:
    """Write a file until not a page is left; remove it, and there is room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, PAGE_BYTES):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    assert is_full(disk)
    return ballast


def is_full(disk: Path) -> bool:
    return os.statvfs(disk).f_bavail == 0


def used_bytes(disk: Path) -> int:
    status = os.statvfs(disk)
    return (status.f_blocks - status.f_bfree) * status.f_frsize
