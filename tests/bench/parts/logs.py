"""Logs without a ceiling: what reading ten gigabytes takes, how fast one gigabyte is searched, and what packing costs a
reader."""

import os
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from capsulier.logs.grep import Query
from capsulier.logs.packed import packed_path
from capsulier.logs.packing import pack_log
from capsulier.logs.pages import line_count, read_lines, tail
from capsulier.logs.search import search
from capsulier.logs.source import LogFile
from tests.bench.measure import Measure, make_job, ms, p50, p95
from tests.servers import Server, serving

_SIZE = 10_000_000_000
_TEXT = 500_000_000
"""Of lines at its beginning and at its end; one endless line of NUL bytes lies between them, and takes no disk."""
_BLOCK = "".join(
    f"2026-11-23T14:15:{n % 60:02d} {('info', 'warning', 'error')[n % 3]} worker {n % 13} took {n % 97}.5 s id={n}\n"
    for n in range(10_000)
).encode()
_PACKED = 250_000_000
"""To pack a gigabyte takes 21 s."""
_SEARCHES = (
    ("a literal that is rare", Query("needle"), "-acF", 0.5),
    ("a literal in every 13th line", Query("worker 7"), "-acF", 0.5),
    ("a pattern", Query(r"error .*id=[0-9]*77$", is_pattern=True), "-acE", 0.25),
)


def measure(directory: Path) -> Iterator[Measure]:
    with serving(directory) as server:
        yield from _reading(server)
    yield from _searching(directory / "search.log")
    yield from _packed(directory / "packed.log")


def _reading(server: Server) -> Iterator[Measure]:
    with server.api() as api:
        run = api.post(f"/jobs/{make_job(server, 'true')}/run").raise_for_status().json()
        server.wait_for_end(api, run["id"])
        [log] = server.data_dir.glob("executions/**/stdout.log")
        _write(log)
        [web] = server.pids("web")
        url = f"/executions/{run['id']}/logs/stdout"
        before = _peak_mb(web, reset=True)
        tails = [_timed(lambda: api.get(url, params={"tail": 1000}).raise_for_status()) for _ in range(20)]
        _read_all(api, url)
        grown = _peak_mb(web) - before
    yield Measure("10 GB log: memory of reading all of it", f"{grown:.0f} MB", "64 MB", 64 / max(grown, 1.0), 1.0)
    yield Measure("10 GB log: last 1,000 lines", ms(p50(tails)), "50 ms", 0.05 / p50(tails), 1.0)
    file = LogFile(log, None)
    counting = _timed(lambda: line_count(file))
    yield Measure("10 GB log: its lines counted, once", f"{counting:.1f} s")
    last = line_count(file)
    chance = random.Random(5)
    lines = [_timed(lambda: read_lines(file, chance.randint(1, last), 1)) for _ in range(50)]
    yield Measure("10 GB log: any line by its number, p95", ms(p95(lines)), "200 ms", 0.2 / p95(lines), 1.0)
    log.unlink()


def _write(log: Path) -> None:
    with log.open("wb") as file:
        while file.tell() < _TEXT:
            file.write(_BLOCK)
        file.seek(_SIZE - _TEXT)
        file.write(b"\n")
        while file.tell() < _SIZE:
            file.write(_BLOCK)


def _read_all(api: httpx.Client, url: str) -> None:
    with api.stream("GET", url) as answer:
        for _ in answer.iter_raw(1 << 20):
            pass


def _searching(log: Path) -> Iterator[Measure]:
    with log.open("wb") as file:
        while file.tell() < 2 * _TEXT:
            file.write(_BLOCK + b"a needle\n")
    log.read_bytes()[:1]  # into the page cache, for both
    for words, query, option, wanted in _SEARCHES:
        ours, grep = [], []
        for _ in range(3):
            ours.append(_timed(lambda query=query: _count(log, query)))
            grep.append(_timed(lambda query=query, option=option: _grep(log, query, option)))
        assert _count(log, query) == _grep(log, query, option)
        ratio = min(grep) / min(ours)
        yield Measure(f"1 GB searched for {words}", ms(min(ours)), f"grep {option} {ms(min(grep))}", ratio, wanted)
    log.unlink()


def _packed(log: Path) -> Iterator[Measure]:
    with log.open("wb") as file:
        while file.tell() < _PACKED:
            file.write(_BLOCK + b"a needle\n")
    assert pack_log(log)
    file = LogFile(log, None)
    last, chance = line_count(file), random.Random(5)
    tails = [_timed(lambda: tail(file, 1000)) for _ in range(20)]
    lines = [_timed(lambda: read_lines(file, chance.randint(1, last), 1)) for _ in range(50)]
    yield Measure("packed log: last 1,000 lines", ms(p50(tails)), "50 ms", 0.05 / p50(tails), 1.0)
    yield Measure("packed log: any line by its number, p95", ms(p95(lines)), "200 ms", 0.2 / p95(lines), 1.0)
    shell = f"zcat {packed_path(log)} | LC_ALL=C grep -acF needle"
    ours, zcat = [], []
    for _ in range(3):
        ours.append(_timed(lambda: _count(log, Query("needle"))))
        zcat.append(_timed(lambda: subprocess.run(shell, shell=True, check=True, capture_output=True)))
    ratio = min(zcat) / min(ours)
    yield Measure("packed log searched for a literal", ms(min(ours)), f"zcat | grep {ms(min(zcat))}", ratio, 0.5)
    packed_path(log).unlink()


def _count(log: Path, query: Query) -> int:
    return sum(span.matching_lines for span in search(LogFile(log, None), query))


def _grep(log: Path, query: Query, option: str) -> int:
    own = {**os.environ, "LC_ALL": "C"}
    return int(subprocess.run(["grep", option, query.text, log], env=own, capture_output=True, check=False).stdout)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak_mb(pid: int, *, reset: bool = False) -> float:
    if reset:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(told[1]) / 1000 if told else 0.0
