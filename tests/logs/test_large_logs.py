"""Logs far larger than what may be held of them in memory. Sparse files, so that they cost the disk nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from capsulier.logs.grep import Query
from capsulier.logs.pages import line_count, line_offset, read_after, read_before, read_lines, tail
from capsulier.logs.search import search
from tests.logs.naive import unmasked

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def endless_line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first line, one of 1.1 GB of NUL bytes, a last line."""
    path = tmp_path_factory.mktemp("logs") / "stdout.log"
    with path.open("wb") as log:
        log.write(b"first\n")
        log.seek(1100 * MEGABYTE)
        log.write(b"\nlast\n")
    return path


READ_IN_MANY_WAYS = """
import re, sys
from itertools import islice
from pathlib import Path
from capsulier.logs import grep
from capsulier.logs.grep import Query
from capsulier.logs.mask import Masker
from capsulier.logs.pages import line_count, read_after, read_before, read_lines, tail
from capsulier.logs.ranges import open_range
from capsulier.logs.search import search
from capsulier.logs.source import LogFile

log = LogFile(Path(sys.argv[1]), Masker([b"a secret value"]))
tail(log)
line_count(log)
read_lines(log, 2)
read_after(log, 6)
read_before(log, log.size)
grep._MEMORY_LIMIT_BYTES = 64 * 2**20
for _ in islice(search(log, Query("nowhere")), 20):
    pass
for _ in open_range(log, 0, 100 * 2**20):
    pass
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_reading_a_log_of_a_gigabyte_takes_less_than_64_megabytes_of_us_and_of_grep(endless_line: Path) -> None:
    run = subprocess.run([sys.executable, "-c", READ_IN_MANY_WAYS, endless_line], stdout=subprocess.PIPE, check=True)
    assert int(run.stdout) < 64 * 1024


def test_a_line_of_a_gigabyte_is_cut_and_its_neighbours_are_at_hand(endless_line: Path) -> None:
    length = 1100 * MEGABYTE - len(b"first\n")
    first, endless, last = read_lines(unmasked(endless_line), 1, 3)
    assert (first.data, last.data) == (b"first", b"last")
    assert (len(endless.data), endless.cut) == (64 * 1024, length - 64 * 1024)
    assert [line.data for line in tail(unmasked(endless_line), 1)] == [b"last"]
    assert read_before(unmasked(endless_line), last.offset, 1) == [endless]
    assert read_after(unmasked(endless_line), 600 * MEGABYTE, 2) == [endless, last]
    assert (line_count(unmasked(endless_line)), line_offset(unmasked(endless_line), 3)) == (3, last.offset)


def test_the_end_of_a_line_still_being_written_shows_without_looking_for_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    with path.open("wb") as log:
        log.seek(1100 * MEGABYTE)
        log.write(b"its end")
    (line,) = tail(unmasked(path))
    assert line.data.endswith(b"\0its end")
    assert (line.is_rest, line.ended, len(line.data)) == (True, False, 64 * 1024)


@pytest.mark.parametrize(
    ("query", "option"),
    [
        (Query("worker"), "-F"),
        (Query("WORKER 7", ignore_case=True), "-iF"),
        (Query("needle"), "-F"),
        (Query("."), "-F"),
        (Query(r"error .*id=[0-9]*7$", is_pattern=True), "-E"),
        (Query("^$", is_pattern=True), "-E"),
    ],
)
def test_counts_are_those_of_grep(worker_log: Path, query: Query, option: str) -> None:
    counted = subprocess.run(["grep", "-ac", option, query.text, worker_log], capture_output=True, check=False)
    assert sum(span.matching_lines for span in search(unmasked(worker_log), query)) == int(counted.stdout) > 0


@pytest.fixture(scope="module")
def worker_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 MB of ordinary lines, in several spans."""
    path = tmp_path_factory.mktemp("logs") / "stdout.log"
    kinds = ["info", "info", "warning", "error"]
    lines = [f"2026-11-23T14:15:00 {kinds[n % 4]} worker {n % 13} took {n % 97}.5 s id={n}\n\n" for n in range(50_000)]
    part = "".join(lines).encode()
    path.write_bytes((part + b"needle\n") * (40 * MEGABYTE // len(part)))
    return path
