"""`make bench`: figures of ours beside others measured in the same run. No test: it says what it sees.

python -m tests.bench [PART]... [--record]

A part is a file in `tests/bench/parts/`; without a name all of them run. `--record` writes what was seen into
docs/performance.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests.bench import parts, records
from tests.bench.measure import Measure


def main() -> int:
    known = [each.name for each in iter_modules(parts.__path__)]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure ours beside others.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(known)} (default: all)")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/performance.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(known):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    fallen: list[str] = []
    with tempfile.TemporaryDirectory(prefix="capsulier-bench-") as directory:
        for measure in _measure(Path(directory), arguments.parts or known):
            print(f"{measure.name:45} {measure.ours:>16} {measure.beside:>22}  {_verdict(measure)}", flush=True)
            fallen += records.fallen([measure])
            if arguments.record:
                records.record([measure])  # at once: a later part may fail
    for words in fallen:
        print(words)
    return 0


def _measure(directory: Path, chosen: list[str]) -> Iterator[Measure]:
    for name in chosen:
        yield from import_module(f"{parts.__name__}.{name}").measure(directory / name)


def _verdict(measure: Measure) -> str:
    if measure.ratio is None:
        return ""
    words = f"ratio {measure.ratio:.2f}"
    if measure.wanted is None:
        return words
    return f"{words}, wanted {measure.wanted:.2f}: {'yes' if measure.ratio >= measure.wanted else 'NO'}"


if __name__ == "__main__":
    sys.exit(main())
