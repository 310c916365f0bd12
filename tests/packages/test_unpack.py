"""Archives are unpacked safely, whatever is in them."""

import io
import os
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from capsulier.packages import unpack as unpacking
from capsulier.packages.unpack import Unsafe, unpack

Member = tuple[str, str | bytes, int]
"""Name, content or target of a link, mode with its kind."""

FILE, LINK, PIPE = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644


def make_zip(path: Path, *members: Member) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def make_tar(path: Path, *members: Member) -> Path:
    kinds = {stat.S_IFREG: tarfile.REGTYPE, stat.S_IFLNK: tarfile.SYMTYPE, stat.S_IFIFO: tarfile.FIFOTYPE}
    with tarfile.open(path, "w:gz") as archive:
        for name, content, mode in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kinds[stat.S_IFMT(mode)], stat.S_IMODE(mode)
            data = content.encode() if isinstance(content, str) else content
            if info.type == tarfile.SYMTYPE:
                info.linkname, data = data.decode(), b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


Make = Callable[..., Path]


@pytest.fixture(params=["zip", "tar.gz"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    maker = make_zip if request.param == "zip" else make_tar
    return lambda *members: maker(tmp_path / f"a.{request.param}", *members)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The directory to unpack into, with something beside it that must stay as it is."""
    (tmp_path / "outside.txt").write_text("untouched")
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


def test_files_come_with_their_folders_bytes_and_permissions(make: Make, work: Path) -> None:
    archive = make(
        ("a/b/run.sh", "#!/bin/sh\n", FILE | 0o755), ("c.bin", os.urandom(100_000), FILE), ("a/d.txt", "", FILE)
    )
    assert unpack(str(archive), str(work)) == 3
    assert os.access(work / "a/b/run.sh", os.X_OK)
    assert not os.access(work / "a/d.txt", os.X_OK)
    assert (work / "c.bin").stat().st_size == 100_000


def test_links_within_it_are_made(make: Make, work: Path) -> None:
    archive = make(("lib/now", "v2/x", LINK), ("lib/v2/x", "two", FILE))
    unpack(str(archive), str(work))
    assert (work / "lib/now").read_text() == "two"


@pytest.mark.parametrize(
    "name", ["../outside.txt", "a/../../outside.txt", "/tmp/outside.txt", "..\\outside.txt", "C:\\x"]
)
def test_nothing_lands_outside(make: Make, work: Path, name: str) -> None:
    archive = make((name, "evil", FILE))
    with pytest.raises(Unsafe, match="would be outside of the working directory"):
        unpack(str(archive), str(work))
    assert (work.parent / "outside.txt").read_text() == "untouched"
    assert list(work.iterdir()) == []


@pytest.mark.parametrize(
    "members",
    [
        [("a", "../outside.txt", LINK)],
        [("a", "/etc/passwd", LINK)],
        [("a/b/c", "../../..", LINK)],
        # Each leads inside, and one through the other leads out.
        [("a/b/c/up", "../../..", LINK), ("out", "a/b/c/up/../outside.txt", LINK)],
    ],
)
def test_no_link_leads_out(make: Make, work: Path, members: list[Member]) -> None:
    with pytest.raises(Unsafe, match="is a link that leads out of it"):
        unpack(str(make(*members)), str(work))
    assert not [path for path in work.rglob("*") if path.is_symlink()]


def test_a_file_is_never_written_through_a_link_of_the_archive(make: Make, work: Path) -> None:
    archive = make(("a", "..", LINK), ("a/outside.txt", "evil", FILE))
    with pytest.raises(Unsafe, match="“a” is a link and a folder in it"):
        unpack(str(archive), str(work))
    assert (work.parent / "outside.txt").read_text() == "untouched"


def test_what_is_neither_file_nor_folder_nor_link_is_refused(make: Make, work: Path) -> None:
    with pytest.raises(Unsafe, match="“pipe” is neither a file nor a folder nor a link"):
        unpack(str(make(("pipe", "", PIPE))), str(work))


def test_files_and_bytes_are_counted_as_they_come(make: Make, work: Path) -> None:
    archive = make(*[(f"{number}.txt", b"\0" * 100_000, FILE) for number in range(20)])
    with pytest.raises(Unsafe, match="more than 5 files"):
        unpack(str(archive), str(work), most_files=5)
    with pytest.raises(Unsafe, match="more than 1,000,000 bytes"):
        unpack(str(archive), str(work), most_bytes=1_000_000)


def test_a_zip_that_lies_about_its_sizes_is_refused(work: Path, tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a.txt", b"\0" * 1_000_000, FILE))
    content = archive.read_bytes()
    archive.write_bytes(content.replace(struct.pack("<L", 1_000_000), struct.pack("<L", 10)))
    with pytest.raises(Unsafe):
        unpack(str(archive), str(work))


def test_a_list_of_files_that_is_too_long_is_not_read(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_DIRECTORY_BYTES", 1000)
    archive = make_zip(tmp_path / "a.zip", *[(f"{number}.txt", "", FILE) for number in range(100)])
    with pytest.raises(Unsafe, match="its list of files has"):
        unpack(str(archive), str(work))


def test_a_file_that_is_also_a_folder_is_refused(make: Make, work: Path) -> None:
    with pytest.raises(Unsafe, match="is a file and a folder"):
        unpack(str(make(("a", "", FILE), ("a/b", "", FILE))), str(work))


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_what_is_no_archive_says_so(work: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no archive at all")
    with pytest.raises(Unsafe, match="that can be read"):
        unpack(str(tmp_path / name), str(work))


def test_an_archive_that_is_cut_off_says_so(make: Make, work: Path) -> None:
    archive = make(("a.bin", os.urandom(50_000), FILE))
    archive.write_bytes(archive.read_bytes()[:30_000])
    with pytest.raises(Unsafe):
        unpack(str(archive), str(work))


def run(archive: Path, work: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", unpacking.__file__, str(archive), str(work)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_as_a_program_it_says_in_one_line_what_is_wrong(work: Path, tmp_path: Path) -> None:
    ended = run(make_zip(tmp_path / "a.zip", ("../x", "", FILE)), work)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "a.zip is not unpacked: “../x” would be outside of the working directory.\n"


def test_a_large_zip_takes_little_memory(work: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("a.bin", "w") as file:
        for _ in range(200):
            file.write(bytes(1_000_000))
    measured = "import runpy, sys; sys.argv = sys.argv[1:]\n"
    measured += "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
    measured += "finally: print([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    command = [sys.executable, "-I", "-S", "-c", measured, unpacking.__file__, str(tmp_path / "a.zip"), str(work)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert (work / "a.bin").stat().st_size == 200_000_000
    assert told[-1] == "kB"
    assert int(told[-2]) < 64_000
