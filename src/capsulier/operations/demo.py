"""`capsulier demo`: fill an empty installation, with a few jobs to look at or with very many to measure with."""

import argparse
import time

from capsulier.operations.setup import CannotStart, open_installation

_JOBS, _EXECUTIONS, _SCHEDULES = 10_000, 1_000_000, 1_000


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier demo", description=__doc__)
    parser.add_argument("--scale", action="store_true", help="invent a large past instead: to measure with")
    parser.add_argument("--jobs", type=_count, default=_JOBS, help="of --scale (default: %(default)s)")
    parser.add_argument("--executions", type=_count, default=_EXECUTIONS, help="of --scale (default: %(default)s)")
    parser.add_argument(
        "--schedules", type=_count, default=_SCHEDULES, help="of --scale, each due every minute (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    if arguments.schedules > arguments.jobs:
        parser.error("there cannot be more schedules than jobs")
    open_installation()
    from capsulier.core.errors import CapsulierError

    try:
        return _invent(arguments) if arguments.scale else _make()
    except CapsulierError as refused:
        raise CannotStart(refused.sentence) from None


def _make() -> int:
    from capsulier.services.make_demo import make_demo

    for job in make_demo():
        print(f"Created “{job.name}”, job {job.pk}.")
    return 0


def _invent(arguments: argparse.Namespace) -> int:
    from capsulier.services.invent_past import invent_past

    began = time.monotonic()
    invent_past(jobs=arguments.jobs, executions=arguments.executions, schedules=arguments.schedules)
    print(
        f"{arguments.jobs:,} jobs, {arguments.executions:,} executions, {arguments.schedules:,} schedules a minute, "
        f"in {time.monotonic() - began:.0f} s."
    )
    return 0


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count
