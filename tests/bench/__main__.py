"""`make bench`: figures of ours beside others measured in the same run. No test: it says what it sees.

python -m tests.bench [latency] [throughput] [output] [fires] [footprint] [--record]
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import fires, footprint, latency, output, throughput
from tests.bench.measure import Measure
from tests.servers import serving

_RECORDED = Path(__file__).with_name("recorded.json")
_PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_ALL = ("latency", "throughput", "output", "fires", "footprint")


def main() -> int:
    chosen = [each for each in sys.argv[1:] if not each.startswith("--")] or list(_ALL)
    measured = []
    with tempfile.TemporaryDirectory(prefix="capsulier-bench-") as directory:
        for measure in _measure(Path(directory), chosen):
            measured.append(measure)
            print(f"{measure.name:45} {measure.ours:>16} {measure.beside:>18}  {_verdict(measure)}", flush=True)
    recorded = json.loads(_RECORDED.read_text()) if _RECORDED.exists() else {}
    for measure in measured:
        if measure.ratio < recorded.get(measure.name, 0) / 2:
            was = recorded[measure.name]
            print(f"Below half of what was recorded: {measure.name} ({measure.ratio:.2f}, was {was})")
    if "--record" in sys.argv:
        recorded |= {each.name: round(each.ratio, 3) for each in measured}
        _RECORDED.write_text(json.dumps(recorded, indent=2) + "\n")
        _PAGE.write_text(_page(measured))
    return 0


def _measure(directory: Path, chosen: list[str]) -> Iterator[Measure]:
    if "throughput" in chosen:
        yield from throughput.measure(directory / "throughput")
    with serving(directory / "rest", CAPSULIER_MAX_RUNNING="32") as server:
        for name, module in (("latency", latency), ("output", output), ("fires", fires), ("footprint", footprint)):
            if name in chosen:
                yield from module.measure(server)


def _verdict(measure: Measure) -> str:
    if measure.wanted is None:
        return ""
    answer = "yes" if measure.ratio >= measure.wanted else "NO"
    return f"ratio {measure.ratio:.2f}, wanted {measure.wanted:.2f}: {answer}"


def _page(measured: list[Measure]) -> str:
    rows = [f"| {each.name} | {each.ours} | {each.beside or '–'} | {_verdict(each) or '–'} |" for each in measured]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Performance",
            "",
            f"Measured by `make bench` on {datetime.now(UTC):%d %B %Y}, {machine}. Each figure of ours stands beside "
            "one that was measured in the same run; compare ratios, not milliseconds.",
            "",
            "| what | ours | beside | |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
