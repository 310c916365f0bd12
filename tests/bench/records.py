"""What was measured before: the table in docs/performance.md, which is written here and read again."""

import os
import platform
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import Measure

_PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- /measured -->)", re.DOTALL)
_HEAD = "| what | ours | beside | ratio | wanted | seen |\n| --- | --- | --- | --- | --- | --- |\n"
_NONE = "–"
_LOAD_BEFORE = os.getloadavg()[1]
"""Of others, before anything of ours ran: times on a busy machine are not those of a quiet one."""


def fallen(measured: Sequence[Measure]) -> Iterator[str]:
    """Say what fell below half of its ratio in the table."""
    recorded = _read()
    for each in measured:
        was = recorded.get(each.name, [_NONE] * 4)[3]
        if was != _NONE and each.ratio is not None and each.ratio < float(was) / 2:
            yield f"Below half of what is recorded: {each.name} ({each.ratio:.2f}, was {was})"


def record(measured: Sequence[Measure]) -> None:
    """Put these into the table, each in the place of its last record; the other rows stay."""
    seen = f"{datetime.now(UTC):%d %B %Y}, {_machine()}".lstrip("0")
    rows = _read() | {each.name: _row(each, seen) for each in measured}
    table = _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows.values())
    _PAGE.write_text(_TABLE.sub(lambda _: table, _PAGE.read_text()))


def _row(measure: Measure, seen: str) -> list[str]:
    ratios = [_NONE if ratio is None else f"{ratio:.2f}" for ratio in (measure.ratio, measure.wanted)]
    return [measure.name, measure.ours, measure.beside or _NONE, *ratios, seen]


def _read() -> dict[str, list[str]]:
    """The rows of the table by their first cell."""
    found = _TABLE.search(_PAGE.read_text())
    assert found is not None, f"The marks of the table are missing in {_PAGE}."
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()[2:]]
    return {row[0]: row for row in rows}


def _machine() -> str:
    """What the figures depend on: processors, Python, database."""
    database = "PostgreSQL" if os.environ.get("CAPSULIER_DATABASE", "").startswith("postgresql") else "SQLite"
    busy = f", load {_LOAD_BEFORE:.0f} of others" if _LOAD_BEFORE >= 1 else ""
    return f"{os.cpu_count()} × {_processor()}{busy}, Python {platform.python_version()}, {database}"


def _processor() -> str:
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return str(names[0]) if names else platform.machine()
