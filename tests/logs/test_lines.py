"""Pages of lines are exactly the lines of the log, from wherever one asks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.logs.lines import Line
from capsulier.logs.pages import line_count, line_number, line_offset, read_after, read_before, read_lines, tail
from tests.logs.naive import NaiveLine, logged, naive_lines, unmasked

pytestmark = pytest.mark.usefixtures("small_blocks")

ALL = 10_000
SHOWN_BYTES = 9


def assert_same(lines: list[Line], expected: list[NaiveLine], data: bytes) -> None:
    assert [(line.offset, line.end) for line in lines] == [(line.offset, line.end) for line in expected]
    for line, naive in zip(lines, expected, strict=True):
        assert line.number in (naive.number, None)
        assert line.ended == data[: line.end].endswith(b"\n")
        assert line.data == naive.text[line.skipped : len(naive.text) - line.cut]
        assert len(line.data) == min(len(naive.text), SHOWN_BYTES)
        if b"\r" in naive.text[:SHOWN_BYTES]:
            assert line.cut == 0
        else:
            assert line.skipped == 0


@given(data=logged, first=st.integers(1, 45), count=st.integers(1, 45))
def test_lines_by_number(scratch: Path, data: bytes, first: int, count: int) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    expected = naive_lines(data)

    assert line_count(unmasked(path)) == len(expected)
    lines = read_lines(unmasked(path), first, count, max_bytes=ALL)
    assert_same(lines, expected[first - 1 : first - 1 + count], data)
    assert [line.number for line in lines] == list(range(first, first + len(lines)))


@given(data=logged, offset=st.integers(0, 300), count=st.integers(1, 45))
def test_lines_from_and_before_any_byte(scratch: Path, data: bytes, offset: int, count: int) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    above = [line for line in naive_lines(data) if line.end <= offset]
    below = naive_lines(data)[len(above) :]

    assert_same(read_after(unmasked(path), offset, count, max_bytes=ALL), below[:count], data)
    assert_same(read_before(unmasked(path), offset, count, max_bytes=ALL), above[-count:], data)


@given(data=logged)
def test_number_and_offset_of_every_line(scratch: Path, data: bytes) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    for line in naive_lines(data):
        assert line_offset(unmasked(path), line.number) == line.offset
        assert {line_number(unmasked(path), offset) for offset in range(line.offset, line.end)} == {line.number}
    assert line_offset(unmasked(path), len(naive_lines(data)) + 1) is (None if data else 0)


@given(data=logged, count=st.integers(1, 45))
def test_the_last_lines(scratch: Path, data: bytes, count: int) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    assert_same(tail(unmasked(path), count, max_bytes=ALL), naive_lines(data)[-count:], data)


@given(data=logged, max_bytes=st.integers(1, 40))
def test_the_last_lines_never_read_further_up_than_allowed(scratch: Path, data: bytes, max_bytes: int) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    lines = tail(unmasked(path), ALL, max_bytes=max_bytes)

    assert sum(line.end - line.offset for line in lines) <= max_bytes
    assert b"".join(data[line.offset : line.end] for line in lines) == data[lines[0].offset :] if data else not lines
    if lines and lines[0].is_rest:
        assert len(lines) == 1


@given(data=logged, max_bytes=st.integers(1, 30))
def test_pages_follow_each_other_without_gap_both_ways(scratch: Path, data: bytes, max_bytes: int) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    down, up = list[Line](), list[Line]()
    while page := read_after(unmasked(path), down[-1].end if down else 0, 3, max_bytes=max_bytes):
        down += page
    while page := read_before(unmasked(path), up[0].offset if up else len(data), 3, max_bytes=max_bytes):
        up = page + up

    assert_same(down, naive_lines(data), data)
    assert_same(up, naive_lines(data), data)


def test_a_line_still_being_written_is_delivered_again_when_it_is_longer(write: Callable[..., Path]) -> None:
    path = write(b"one\ntw")
    *_, last = read_after(unmasked(path), 0)
    assert (last.data, last.ended) == (b"tw", False)

    with path.open("ab") as log:
        log.write(b"o\nthree\n")
    assert [line.data for line in read_after(unmasked(path), last.end)] == [b"two", b"three"]


def test_a_progress_bar_longer_than_a_line_may_be_shows_its_last_state(write: Callable[..., Path]) -> None:
    path = write(b"".join(b"\r%3d %%" % done for done in range(101)) + b"\ndone\n")
    bar, _ = read_after(unmasked(path), 0)
    assert bar.data.endswith(b"\r100 %")
    assert bar.skipped == len(b"\r%3d %%" % 0) * 101 - SHOWN_BYTES


def test_a_log_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tail(unmasked(tmp_path / "stdout.log"))
