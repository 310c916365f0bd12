"""One file out of a package, whatever the package is like."""

import bz2
import io
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from capsulier.core.errors import CannotBeRead, NotFound
from capsulier.packages.one_file import open_one
from tests.packages.test_contents import TARS, make_tar, make_zip

FILES = {"main.py": b"print(1)\n", "lib/naïve [1].py": b"x" * 70_000, "../up.txt": b"not up there"}


def read(path: Path, package: str, name: str, most: int = -1) -> bytes:
    with open_one(path, package, name) as (size, content):
        found = content.read(most)
        assert most >= 0 or len(found) == size
        return found


@pytest.mark.parametrize("package", ["a.zip", "a.whl", "a.jar"])
def test_a_file_of_a_zip_is_read_by_its_name(tmp_path: Path, package: str) -> None:
    path = make_zip(tmp_path / "x", FILES)
    assert {name: read(path, package, name) for name in FILES} == FILES


@pytest.mark.parametrize(("package", "mode"), TARS)
def test_a_file_of_a_tar_is_read_by_its_name(tmp_path: Path, package: str, mode: str) -> None:
    path = make_tar(tmp_path / "x", {f"./{name}": content for name, content in FILES.items()}, mode)
    assert {name: read(path, package, name) for name in FILES} == FILES


def test_the_package_itself_is_read_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"select 1")
    assert read(tmp_path / "x", "a.sql", "a.sql") == b"select 1"


@pytest.mark.parametrize("name", ["main", "lib", "lib/", "/main.py", "x/../main.py", "/etc/passwd", "", "a\0b"])
def test_nothing_else_is_there(tmp_path: Path, name: str) -> None:
    zipped = make_zip(tmp_path / "x", {**FILES, "lib/": b""})
    tarred = make_tar(tmp_path / "y", FILES, "w:gz")
    for path, package in ((zipped, "a.zip"), (tarred, "a.tar.gz"), (zipped.with_name("x"), "run.py")):
        with pytest.raises(NotFound, match="There is no file"):
            read(path, package, name)


def test_links_of_a_tar_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(NotFound):
        read(path, "a.tar", "passwd")


def test_of_a_huge_file_only_what_is_read_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb", "w", force_zip64=True) as bomb,
    ):
        for _ in range(300):
            bomb.write(bytes(1_000_000))
    with open_one(path, "a.zip", "bomb") as (size, content):
        assert size == 300_000_000
        assert content.read(1000) == bytes(1000)


def test_a_file_that_is_larger_than_it_says_is_refused_while_it_is_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x", {"a.txt": b"0123456789"})
    lying = path.read_bytes().replace(struct.pack("<LL", 10, 10), struct.pack("<LL", 4, 4))
    path.write_bytes(lying)
    with pytest.raises(CannotBeRead, match="damaged"):
        read(path, "a.zip", "a.txt")


@pytest.mark.parametrize(("package", "mode"), TARS[1:])
def test_a_damaged_tar_says_so(tmp_path: Path, package: str, mode: str) -> None:
    path = make_tar(tmp_path / "x", {"a": os.urandom(50_000), "b": os.urandom(50_000)}, mode)
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(CannotBeRead, match="damaged"):
        read(path, package, "b")


def test_a_tar_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bz2.compress(b"no tar"))
    with pytest.raises(CannotBeRead, match="damaged"):
        read(tmp_path / "x", "a.tar.bz2", "a")


def test_what_is_encrypted_or_needs_much_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x", {"a.txt": b"a"})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(CannotBeRead, match="encrypted"):
        read(path, "a.zip", "a.txt")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", b"a")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(CannotBeRead, match="packed in a way that is not read here"):
        read(path, "a.zip", "a.txt")
