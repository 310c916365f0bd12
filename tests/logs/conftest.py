"""Logs to read, and blocks so small that their edges are met on every line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from capsulier.logs import index, lines, ranges, search

settings.register_profile("logs", deadline=None)  # the machine may be busy
settings.load_profile("logs")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a log; the path."""

    def write_log(data: bytes, name: str = "stdout.log") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write_log


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the many logs of a property: each example gives its file another content, as a program may."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def small_blocks() -> Iterator[None]:
    sizes = {
        index: {"BLOCK_BYTES": 7, "SAVE_AFTER_BYTES": 14},
        lines: {"_BLOCK_BYTES": 5, "NEAR_BYTES": 11, "MAX_LINE_BYTES": 9, "CHEAP_COUNT_BYTES": 20},
        ranges: {"CHUNK_BYTES": 4},
        search: {"SPAN_BYTES": 24, "LONG_LINE_BYTES": 12, "OVERLAP_BYTES": 6, "_READ_BYTES": 5},
    }
    with pytest.MonkeyPatch.context() as patch:
        for module, names in sizes.items():
            for name, size in names.items():
                patch.setattr(module, name, size)
        yield
