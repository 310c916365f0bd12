"""The line index is believed only while it fits the log it was made from."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from capsulier.logs.files import index_path
from capsulier.logs.index import LineIndex
from capsulier.logs.pages import line_count, line_offset
from capsulier.logs.source import open_log
from tests.logs.naive import unmasked

pytestmark = pytest.mark.usefixtures("small_blocks")


def uncounted_bytes(path: Path) -> int:
    with open_log(unmasked(path)) as log:
        return LineIndex(log).uncounted_before(log.size)


@pytest.fixture
def indexed(write: Callable[..., Path]) -> Path:
    path = write(b"one\ntwo\n\nfour\nfive and a half")
    assert line_count(unmasked(path)) == 5
    assert uncounted_bytes(path) < 7
    return path


def test_what_was_counted_once_is_kept_beside_the_log(indexed: Path) -> None:
    assert index_path(indexed) == indexed.with_name("stdout.idx")
    assert [name.name for name in sorted(indexed.parent.iterdir())] == ["stdout.idx", "stdout.log"]


def test_a_log_that_grew_is_counted_from_where_it_was(indexed: Path) -> None:
    with indexed.open("ab") as log:
        log.write(b"\nsix")
    assert uncounted_bytes(indexed) < 7 + 4
    assert line_count(unmasked(indexed)) == 6
    assert line_offset(unmasked(indexed), 6) == len(b"one\ntwo\n\nfour\nfive and a half\n")


def test_a_log_that_became_shorter_is_counted_anew(indexed: Path) -> None:
    with indexed.open("r+b") as log:
        log.truncate(10)
    assert uncounted_bytes(indexed) == 10
    assert line_count(unmasked(indexed)) == 4


def test_a_log_that_was_truncated_and_grew_beyond_its_old_size_is_counted_anew(indexed: Path) -> None:
    indexed.write_bytes(b"\n" * 100)
    assert uncounted_bytes(indexed) == 100
    assert line_count(unmasked(indexed)) == 100


def test_a_log_that_was_rewritten_in_place_is_counted_anew(write: Callable[..., Path]) -> None:
    path = write(b"a line\n" * 1000)
    assert line_count(unmasked(path)) == 1000
    with path.open("r+b") as log:
        log.write(b"\n\n\n")
    os.utime(path, ns=(1, 1))
    assert line_count(unmasked(path)) == 1003


def test_the_index_of_another_file_is_not_believed(indexed: Path) -> None:
    size, changed_ns = indexed.stat().st_size, indexed.stat().st_mtime_ns
    other = indexed.with_suffix(".new")
    other.write_bytes(indexed.read_bytes())
    os.utime(other, ns=(changed_ns, changed_ns))
    other.replace(indexed)
    assert uncounted_bytes(indexed) == size


@pytest.mark.parametrize("broken", [b"", b"lineidx1", b"\0" * 100, None])
def test_a_broken_index_is_as_good_as_none(indexed: Path, broken: bytes | None) -> None:
    content = index_path(indexed).read_bytes()
    index_path(indexed).write_bytes(content[:-8] + b"\1" * 8 if broken is None else broken)
    assert line_count(unmasked(indexed)) == 5
    assert index_path(indexed).read_bytes() == content


def test_a_log_is_counted_only_as_far_as_one_asks(write: Callable[..., Path]) -> None:
    path = write(b"a line\n" * 1000)
    assert line_offset(unmasked(path), 20) == 19 * 7
    assert uncounted_bytes(path) > 900 * 7


def test_an_index_that_cannot_be_written_costs_only_time(indexed: Path) -> None:
    index_path(indexed).unlink()
    index_path(indexed).mkdir()  # root may write anywhere, so a directory stands in the way
    assert line_count(unmasked(indexed)) == 5
    assert sorted(name.name for name in indexed.parent.iterdir()) == ["stdout.idx", "stdout.log"]
