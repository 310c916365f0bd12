"""Secret values never show, wherever a reader cuts the log."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.logs.mask import Masker
from capsulier.logs.pages import read_after, tail
from capsulier.logs.ranges import open_range
from capsulier.logs.source import LogFile, open_log
from tests.logs.naive import naive_mask

pytestmark = pytest.mark.usefixtures("small_blocks")

few_letters = st.lists(st.sampled_from([b"a", b"b", b"ab", b"aab", b"\n", b"."]), max_size=30).map(b"".join)
values = st.lists(st.text("ab", min_size=4, max_size=9).map(str.encode), min_size=1, max_size=3)


@given(text=few_letters, values=values)
def test_every_byte_of_every_occurrence_is_hidden(text: bytes, values: list[bytes]) -> None:
    text += b"."  # so that no value is cut short by the end
    assert Masker(values).mask(text) == naive_mask(text, values)


@given(text=few_letters, values=values)
def test_every_range_shows_what_the_whole_log_would(scratch: Path, text: bytes, values: list[bytes]) -> None:
    path, masker = scratch / "stdout.log", Masker(values)
    path.write_bytes(text)
    whole = masker.mask(text)
    with open_log(LogFile(path, masker)) as log:
        for start in range(len(text) + 1):
            for length in range(len(text) - start + 2):
                assert log.read(start, length) == whole[start : start + length]


@given(text=few_letters, values=values, cuts=st.lists(st.integers(0, 60)))
def test_downloads_in_ranges_join_to_the_whole(
    scratch: Path, text: bytes, values: list[bytes], cuts: list[int]
) -> None:
    path, masker = scratch / "stdout.log", Masker(values)
    path.write_bytes(text)
    parts = pairwise([0, *sorted(min(cut, len(text)) for cut in cuts), len(text)])
    joined = b"".join(b"".join(open_range(LogFile(path, masker), start, end)) for start, end in parts)
    assert joined == masker.mask(text)


def test_lines_are_masked_across_the_blocks_they_are_read_in(write: Callable[..., Path]) -> None:
    log = LogFile(write(b"password=hunter22 \nthen hunter22 again\n"), Masker([b"hunter22"]))
    for lines in (read_after(log, 0), tail(log)):
        assert b"hunter" not in b"".join(line.data for line in lines)
        assert b"*" in lines[0].data + lines[1].data


def test_the_longest_value_wins_and_overlapping_ones_are_all_hidden() -> None:
    assert Masker([b"abcd", b"abcdef"]).mask(b"abcdef abcd.") == b"****** ****."
    assert Masker([b"abcd", b"cdef"]).mask(b"abcdef.") == b"******."
    assert Masker([b"aaaa"]).mask(b".aaaaaa.") == b".******."


def test_values_of_less_than_four_bytes_are_ignored() -> None:
    assert Masker([b"", b"1", b"abc"]).mask(b"1 abc") == b"1 abc"


def test_a_value_cut_short_by_the_end_of_the_log_is_hidden_from_its_fourth_byte() -> None:
    masker = Masker([b"hunter22"])
    assert masker.mask(b"is hun") == b"is hun"
    assert masker.mask(b"is hunt") == b"is ****"
    assert masker.mask(b"is hunter2") == b"is *******"


def test_a_value_of_several_lines_is_hidden_whole_and_line_by_line_and_keeps_its_line_breaks() -> None:
    key = b"-----BEGIN KEY-----\nMIIEvgIBADANBg\nab\n-----END KEY-----\n"
    masker = Masker([key])
    assert masker.mask(key) == b"*" * 19 + b"\n" + b"*" * 14 + b"\n**\n" + b"*" * 17 + b"\n"
    assert masker.mask(b"  MIIEvgIBADANBg\r\n ab") == b"  **************\r\n ab"


@given(text=few_letters, values=values)
def test_what_may_become_a_value_is_told_from_what_cannot(text: bytes, values: list[bytes]) -> None:
    ends = (
        len(text) - at for at in range(len(text)) for v in values if len(text) - at < len(v) and v.startswith(text[at:])
    )
    assert Masker(values).unfinished(text) == max(ends, default=0)
