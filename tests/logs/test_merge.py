"""Both streams in one view: in the order of time, and the same lines whichever way one turns the pages."""

import os
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from capsulier.logs.files import LogName
from capsulier.logs.mask import Masker
from capsulier.logs.merge import (
    MergedLine,
    Position,
    merged_at,
    merged_beside,
    merged_end,
    read_merged_after,
    read_merged_before,
)
from capsulier.logs.source import LogDirectory
from capsulier.logs.times import append, open_for_append
from tests.logs.naive import logged, naive_lines, unmasked_in

pytestmark = pytest.mark.usefixtures("small_blocks")

OUT, ERR = LogName.STDOUT, LogName.STDERR
Place = tuple[LogName, int]


class Written(NamedTuple):
    """What an execution wrote, and the records of its time index."""

    out: bytes
    err: bytes
    records: list[tuple[int, int, int]]

    def into(self, directory: Path) -> None:
        (directory / "stdout.log").write_bytes(self.out)
        (directory / "stderr.log").write_bytes(self.err)
        (directory / "times").unlink(missing_ok=True)
        descriptor = open_for_append(directory / "times")
        for record in self.records:
            append(descriptor, *record)
        os.close(descriptor)

    def in_order(self) -> list[Place]:
        """All lines, sorted by the first record that covers them, then by stream."""

        def covering(offset: int, column: int) -> int:
            return next((n for n, record in enumerate(self.records) if record[column] > offset), len(self.records))

        keyed = [(covering(line.offset, 1), 0, line.offset) for line in naive_lines(self.out)]
        keyed += [(covering(line.offset, 2), 1, line.offset) for line in naive_lines(self.err)]
        return [(ERR if stream else OUT, offset) for _, stream, offset in sorted(keyed)]


def places(lines: list[MergedLine]) -> list[Place]:
    return [(each.name, each.line.offset) for each in lines]


steps = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(0, 40)), max_size=12)
records = steps.map(lambda steps: list(accumulate(steps, lambda a, b: (a[0] + b[0], a[1] + b[1], a[2] + b[2]))))
executions = st.builds(Written, logged, logged, records)


@given(written=executions, count=st.integers(1, 7), max_bytes=st.sampled_from([1, 20, 1000]))
def test_pages_down_and_up_show_every_line_once_in_order(
    scratch: Path, written: Written, count: int, max_bytes: int
) -> None:
    written.into(scratch)

    down, position = list[Place](), Position()
    while (page := read_merged_after(unmasked_in(scratch), position, count, max_bytes=max_bytes)).lines:
        assert page.start == position
        down, position = down + places(page.lines), page.end
    assert position == merged_end(unmasked_in(scratch)) == (len(written.out), len(written.err))

    up = list[Place]()
    while (page := read_merged_before(unmasked_in(scratch), position, count, max_bytes=max_bytes)).lines:
        assert page.end == position
        up, position = places(page.lines) + up, page.start
    assert position == Position(0, 0)
    assert down == up == written.in_order()


@given(written=executions, data=st.data())
def test_a_line_of_one_stream_is_found_in_the_view(scratch: Path, written: Written, data: st.DataObject) -> None:
    written.into(scratch)
    lines = written.in_order()
    assume(lines)
    at = data.draw(st.integers(0, len(lines) - 1))
    position = merged_beside(unmasked_in(scratch), *lines[at])
    assert places(read_merged_after(unmasked_in(scratch), position).lines) == lines[at:]
    assert places(read_merged_before(unmasked_in(scratch), position).lines) == lines[:at]


@given(written=executions, at_us=st.integers(0, 40))
def test_a_moment_is_found_in_the_view(scratch: Path, written: Written, at_us: int) -> None:
    written.into(scratch)
    position = merged_at(unmasked_in(scratch), at_us)
    above = read_merged_before(unmasked_in(scratch), position).lines
    below = read_merged_after(unmasked_in(scratch), position).lines
    assert all(each.line.at_us is not None and each.line.at_us < at_us for each in above)
    assert all(each.line.at_us is None or each.line.at_us >= at_us for each in below)


def test_lines_carry_the_time_of_the_record_that_covers_them(tmp_path: Path) -> None:
    Written(b"a\nb\n", b"oh\n", [(1_000_000, 2, 0), (1_100_000, 2, 3), (1_200_000, 3, 3)]).into(tmp_path)
    lines = read_merged_after(unmasked_in(tmp_path)).lines
    assert [(each.name, each.line.data, each.line.at_us) for each in lines] == [
        (OUT, b"a", 1_000_000),
        (ERR, b"oh", 1_100_000),
        (OUT, b"b", 1_200_000),
    ]


def test_without_times_stdout_comes_before_stderr(tmp_path: Path) -> None:
    (tmp_path / "stdout.log").write_bytes(b"a\nb\n")
    (tmp_path / "stderr.log").write_bytes(b"oh\n")
    assert places(read_merged_after(unmasked_in(tmp_path)).lines) == [(OUT, 0), (OUT, 2), (ERR, 0)]
    assert merged_beside(unmasked_in(tmp_path), ERR, 0) == (4, 0)
    assert merged_beside(unmasked_in(tmp_path), OUT, 3) == (2, 0)


def test_a_stream_that_nothing_was_written_to_need_not_exist(tmp_path: Path) -> None:
    assert read_merged_after(unmasked_in(tmp_path)).lines == []
    (tmp_path / "stderr.log").write_bytes(b"oh\n")
    assert places(read_merged_after(unmasked_in(tmp_path)).lines) == [(ERR, 0)]


def test_a_truncated_stream_is_placed_by_what_was_written_since(tmp_path: Path) -> None:
    Written(b"new\n", b"1\n2\n", [(1, 100, 2), (2, 0, 2), (3, 0, 4), (4, 4, 4)]).into(tmp_path)
    assert places(read_merged_after(unmasked_in(tmp_path)).lines) == [(ERR, 0), (ERR, 2), (OUT, 0)]


def test_a_position_from_an_address_bar_is_put_where_lines_begin(tmp_path: Path) -> None:
    Written(b"long line\n", b"oh\n", [(1, 10, 3)]).into(tmp_path)
    assert read_merged_after(unmasked_in(tmp_path), Position(4, 99)).start == (0, 3)
    assert read_merged_after(unmasked_in(tmp_path), Position(-4, -1)).start == (0, 0)


def test_both_streams_are_masked(tmp_path: Path) -> None:
    Written(b"is hunter22\n", b"no hunter22\n", []).into(tmp_path)
    lines = read_merged_after(LogDirectory(tmp_path, Masker([b"hunter22"]))).lines
    assert [each.data for each in lines] == [b"is ******", b"no ******"]
