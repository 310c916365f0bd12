"""Packing a log: it is there, whole, whatever is killed while it is made, and costs little memory."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from capsulier.logs import index
from capsulier.logs.follow import follow
from capsulier.logs.packed import packed_path
from capsulier.logs.packing import pack_log
from capsulier.logs.pages import line_offset
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile, open_log


def test_packing_twice_is_the_same_as_once(write: Callable[..., Path]) -> None:
    path = write(b"a line\n" * 100_000)
    assert pack_log(path)
    before = packed_path(path).stat()
    assert pack_log(path)
    assert packed_path(path).stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_size * 20 < LogFile(path, None).size
    assert sorted(each.name for each in path.parent.iterdir()) == ["stdout.log.gz"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_packed_log_is_for_nobody_else_than_the_plain_one(write: Callable[..., Path], mode: int) -> None:
    path = write(b"one\n" * 1000)
    path.chmod(mode)
    assert pack_log(path)
    assert packed_path(path).stat().st_mode & 0o777 == mode


def test_there_is_nothing_to_pack_where_nothing_was_written(tmp_path: Path) -> None:
    assert not pack_log(tmp_path / "stdout.log")


def test_what_is_still_open_for_writing_stays_as_it_is(write: Callable[..., Path]) -> None:
    path = write(b"so far\n")
    with path.open("ab"):
        assert not pack_log(path)
        assert path.exists()
    assert pack_log(path)


def test_what_is_told_to_stop_leaves_the_log_as_it_was(write: Callable[..., Path]) -> None:
    path = write(b"a line\n" * 200_000)
    assert not pack_log(path, lambda: True)
    assert [each.name for each in path.parent.iterdir()] == ["stdout.log"]


def test_a_follower_does_not_notice_that_its_log_is_packed(write: Callable[..., Path]) -> None:
    path = write(b"one\ntwo\n")
    asked = list[int]()

    async def has_ended() -> bool:
        asked.append(1)
        if len(asked) == 1:
            pack_log(path)
        return len(asked) > 2

    async def read() -> list[tuple[bytes, bool]]:
        return [(each.data, each.restarted) async for each in follow(LogFile(path, None), 0, has_ended, pause_s=0)]

    assert asyncio.run(read()) == [(b"one\ntwo\n", False)]


def test_a_reader_keeps_what_it_has_opened(write: Callable[..., Path]) -> None:
    path = write(b"one\ntwo\n")
    with open_log(LogFile(path, None)) as log:
        pack_log(path)
        assert log.read(0, 100) == b"one\ntwo\n"


def test_the_line_index_outlives_packing(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SAVE_AFTER_BYTES", 1)
    path = write(b"a line\n" * 200_000)
    assert line_offset(LogFile(path, None), 150_000) == 149_999 * 7
    pack_log(path)
    with open_log(LogFile(path, None)) as log:
        assert index.LineIndex(log).uncounted_before(log.size) < index.BLOCK_BYTES


def test_a_damaged_one_is_an_error_and_never_other_bytes(write: Callable[..., Path]) -> None:
    path = write(os.urandom(600_000))
    pack_log(path)
    with packed_path(path).open("r+b") as file:
        file.seek(300_000)
        file.write(b"damaged")
    with pytest.raises(OSError, match="damaged"):
        list(open_range(LogFile(path, None)))


def test_half_of_one_is_none(write: Callable[..., Path]) -> None:
    path = write(b"a line\n" * 1000)
    pack_log(path)
    whole = packed_path(path).read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        packed_path(path).write_bytes(whole[:length])
        assert LogFile(path, None).stat() is None
        with pytest.raises(FileNotFoundError):
            open_log(LogFile(path, None))


@pytest.mark.crash
def test_one_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    data = b"".join(b"line %d of many\n" % n for n in range(300_000))
    path = tmp_path / "stdout.log"
    program = f"from pathlib import Path; from capsulier.logs.packing import pack_log; pack_log(Path({str(path)!r}))"
    was_whole = False
    for tenth in range(12):
        packed_path(path).unlink(missing_ok=True)
        path.write_bytes(data)
        with subprocess.Popen([sys.executable, "-c", program]) as packer:
            until_begun = time.monotonic() + 5
            while not list(tmp_path.glob(".*partial")) and packer.poll() is None and time.monotonic() < until_begun:
                time.sleep(0.001)
            time.sleep(tenth * 0.01)  # another moment each time is the point
            packer.send_signal(signal.SIGKILL)
        assert b"".join(open_range(LogFile(path, None))) == data
        was_whole |= not path.exists()
        assert pack_log(path)
        assert b"".join(open_range(LogFile(path, None))) == data
        assert [each.name for each in tmp_path.iterdir()] == ["stdout.log.gz"], "nothing of the killed one is left"


READ_PACKED = """
import re, sys
from pathlib import Path
from capsulier.logs.packing import pack_log
from capsulier.logs.pages import read_lines, tail
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile

path = Path(sys.argv[1])
assert pack_log(path)
assert len(tail(LogFile(path, None), 10)) == 10
assert read_lines(LogFile(path, None), 1_500_000, 1)[0].data == b"line 1499999"
assert sum(map(len, open_range(LogFile(path, None)))) > 20_000_000
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_a_large_one_costs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    with path.open("wb") as file:
        for n in range(0, 2_000_000, 10_000):
            file.write(b"".join(b"line %d\n" % number for number in range(n, n + 10_000)))
    ran = subprocess.run([sys.executable, "-c", READ_PACKED, path], stdout=subprocess.PIPE, check=True)
    assert int(ran.stdout) < 64 * 1024
