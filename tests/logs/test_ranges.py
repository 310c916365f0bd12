from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.logs.ranges import open_range
from tests.logs.naive import logged, unmasked

pytestmark = pytest.mark.usefixtures("small_blocks")


@given(data=logged, start=st.integers(0, 300), end=st.integers(0, 300) | st.none())
def test_a_range_is_exactly_these_bytes(scratch: Path, data: bytes, start: int, end: int | None) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    chunks = list(open_range(unmasked(path), start, end))
    assert b"".join(chunks) == data[start:end]
    assert all(0 < len(chunk) <= 4 for chunk in chunks)


def test_a_download_is_as_long_as_the_log_was_when_it_began(write: Callable[..., Path]) -> None:
    path = write(b"before")
    download = open_range(unmasked(path))
    with path.open("ab") as log:
        log.write(b" and after")
    assert b"".join(download) == b"before"


def test_a_download_of_a_log_that_is_truncated_meanwhile_ends(write: Callable[..., Path]) -> None:
    path = write(b"0123456789")
    download = open_range(unmasked(path))
    assert next(download) == b"0123"
    path.write_bytes(b"")
    assert list(download) == []


def test_a_missing_log_is_known_before_the_download_begins(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_range(unmasked(tmp_path / "stdout.log"))
