"""Whoever reads a packed log reads what stood in the plain one."""

import asyncio
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsulier.logs import packed
from capsulier.logs.files import TIMES_NAME, LogName
from capsulier.logs.follow import follow
from capsulier.logs.grep import Query
from capsulier.logs.mask import Masker
from capsulier.logs.merge import read_merged_after, read_merged_before
from capsulier.logs.packed import packed_path
from capsulier.logs.packing import pack_log
from capsulier.logs.pages import line_count, line_offset, read_after, read_before, read_lines, tail, tail_offset
from capsulier.logs.ranges import open_range
from capsulier.logs.search import search
from capsulier.logs.source import LogDirectory, LogFile
from capsulier.logs.times import Times, append, open_for_append
from tests.logs.naive import logged


@pytest.fixture(scope="module")
def small_members(small_blocks: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "MEMBER_BYTES", 6)
        patch.setattr(packed, "_OFFSETS_PER_MEMBER", 3)
        yield


def packed_log(directory: Path, data: bytes, name: str = "stdout.log") -> Path:
    path = directory / name
    packed_path(path).unlink(missing_ok=True)
    path.write_bytes(data)
    return path


def answers(path: Path, at: int, count: int) -> list[Any]:
    """What every reader says of it."""
    logs = LogDirectory(path.parent, Masker([b"secret"]))
    masked, log = logs.log(LogName.STDOUT), LogFile(path, None)
    with Times(logs.times) as records:
        times = records.of(LogName.STDOUT)
        merged = read_merged_after(logs, count=count)
        return [
            log.stat(),
            b"".join(open_range(log)),
            b"".join(open_range(masked, at, at + count)),
            line_count(log),
            line_offset(log, count),
            tail_offset(log, count),
            tail(masked, count, times=times),
            read_lines(masked, count, times=times),
            read_after(log, at, count),
            read_before(log, at, count),
            list(search(masked, Query("secret"))),
            list(search(log, Query("e.*a", is_pattern=True), start=at, backwards=True)),
            merged,
            read_merged_before(logs, merged.end, count),
            asyncio.run(followed(masked, at)),
        ]


async def followed(log: LogFile, offset: int) -> list[tuple[int, bytes]]:
    async def has_ended() -> bool:
        return True

    return [(chunk.offset, chunk.data) async for chunk in follow(log, offset, has_ended, pause_s=0)]


@pytest.mark.usefixtures("small_members")
@settings(max_examples=40)
@given(logged, st.integers(0, 60), st.integers(1, 12))
def test_every_reader_answers_the_same(scratch: Path, data: bytes, at: int, count: int) -> None:
    path = packed_log(scratch, data)
    (scratch / TIMES_NAME).unlink(missing_ok=True)
    times = open_for_append(scratch / TIMES_NAME)
    for second, size in enumerate(range(0, len(data) + 4, 4)):
        append(times, second * 1_000_000, min(size, len(data)), 0)
    os.close(times)
    plain = answers(path, at, count)
    assert pack_log(path)
    assert not path.exists()
    assert answers(path, at, count) == plain
    assert gzip.decompress(packed_path(path).read_bytes()) == data, "and so does zcat"
