"""Listing what is in a package: archives by their directory, everything else not at all."""

import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from capsulier.packages.contents import MOST_FILES, list_contents


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, files: dict[str, bytes], mode: str) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.whl", "a.jar"])
def test_a_zip_lists_its_files_by_size(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "x", {"main.py": b"12345", "lib/": b"", "lib/a.py": b"1"})
    contents = list_contents(path, name)
    assert contents is not None
    assert contents.files == {"main.py": 5, "lib/a.py": 1}
    assert not contents.is_cut


TARS = [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz")]


@pytest.mark.parametrize(("name", "mode"), TARS)
def test_a_tar_lists_its_files_by_size(tmp_path: Path, name: str, mode: str) -> None:
    contents = list_contents(make_tar(tmp_path / "x", {"main.py": b"12345", "b": b""}, mode), name)
    assert contents is not None
    assert contents.files == {"main.py": 5, "b": 0}


def test_of_very_many_files_the_first_are_listed(tmp_path: Path) -> None:
    contents = list_contents(make_zip(tmp_path / "x", {f"{n}": b"" for n in range(MOST_FILES + 1)}), "a.zip")
    assert contents is not None
    assert len(contents.files) == MOST_FILES
    assert contents.is_cut


BROKEN = [b"", b"echo hello", b"PK\x05\x06", b"\x1f\x8b broken", b"PK\x05\x06" + b"\xff" * 18]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "run.py"])
@pytest.mark.parametrize("content", BROKEN)
def test_what_is_no_archive_or_broken_lists_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert list_contents(path, name) is None


def test_a_zip_that_announces_a_huge_directory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(100_000_000)  # sparse
        file.seek(0, 2)
        file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 50_000_000, 0, 0))
    assert list_contents(path, "a.zip") is None


def test_a_package_that_is_gone_lists_nothing(tmp_path: Path) -> None:
    assert list_contents(tmp_path / "gone", "a.zip") is None
