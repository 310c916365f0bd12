"""When which byte was written."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.logs import times
from capsulier.logs.files import LogName
from capsulier.logs.times import RECORD_BYTES, Record, Times, append, open_for_append


def write_times(path: Path, records: list[tuple[int, int, int]]) -> None:
    path.unlink(missing_ok=True)
    descriptor = open_for_append(path)
    for record in records:
        append(descriptor, *record)
    os.close(descriptor)


def test_a_record_is_three_little_endian_numbers_of_eight_bytes(tmp_path: Path) -> None:
    write_times(tmp_path / "times", [(1, 256, -1)])
    assert (tmp_path / "times").read_bytes().hex() == "0100000000000000" + "0001000000000000" + "ffffffffffffffff"
    assert RECORD_BYTES == 24


@given(steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_a_byte_belongs_to_the_first_record_that_covers_it(scratch: Path, steps: list[tuple[int, int, int]]) -> None:
    records = [Record(*(sum(part) for part in zip(*steps[: n + 1], strict=True))) for n in range(len(steps))]
    write_times(scratch / "times", list(records))
    with Times(scratch / "times") as found:
        for column, name in ((1, LogName.STDOUT), (2, LogName.STDERR)):
            stream = found.of(name)
            for offset in [*range(65), *reversed(range(65))]:
                covering = next((n for n, record in enumerate(records) if record[column] > offset), len(records))
                assert stream.record_of(offset) == covering
                assert stream.time_of(offset) == (records[covering].at_us if covering < len(records) else None)
        for moment in range(105):
            assert found.record_at(moment) == sum(record.at_us < moment for record in records)


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_after_a_truncation_only_the_records_since_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(times, "_RECORDS_AT_ONCE", at_once)
    write_times(tmp_path / "times", [(1, 50, 0), (2, 90, 5), (3, 10, 5), (4, 60, 9)])
    with Times(tmp_path / "times") as found:
        out, err = found.of(LogName.STDOUT), found.of(LogName.STDERR)
        assert [out.time_of(offset) for offset in (0, 9, 10, 59, 60)] == [3, 3, 4, 4, None]
        assert [err.time_of(offset) for offset in (0, 4, 5, 8)] == [2, 2, 4, 4]


def test_half_a_record_at_the_end_is_as_good_as_none_and_gone_at_the_next_append(tmp_path: Path) -> None:
    path = tmp_path / "times"
    write_times(path, [(1, 1, 1)])
    with path.open("ab") as file:
        file.write(b"half")
    with Times(path) as found:
        assert len(found) == 1
    append(descriptor := open_for_append(path), 2, 2, 2)
    os.close(descriptor)
    with Times(path) as found:
        assert list(found) == [(1, 1, 1), (2, 2, 2)]


def test_where_there_are_no_times_nothing_has_one(tmp_path: Path) -> None:
    with Times(tmp_path / "times") as found:
        assert found.of(LogName.STDOUT).time_of(0) is None
