"""`capsulier conductor`: fire schedules and run executions on this machine."""

import argparse
import asyncio
import logging
import signal
import sys

import uvloop

from capsulier.operations.parent import end_with_parent
from capsulier.operations.setup import open_installation, settle_memory

DEPOSED = 75
"""Exit code when another conductor leads by now (EX_TEMPFAIL: start me again, and I stand by)."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier conductor", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    open_installation()
    # The database's thread must not hold the event loop up: what an execution waits for is the loop.
    sys.setswitchinterval(0.0005)
    return uvloop.run(_conduct(with_parent=arguments.with_parent))


async def _conduct(*, with_parent: bool) -> int:
    from capsulier.conductor.clerk import Posted
    from capsulier.conductor.conduct import conduct
    from capsulier.config import config
    from capsulier.engines.local.engine import LocalEngine
    from capsulier.engines.local.machine import Machine
    from capsulier.engines.slurm import SlurmEngine
    from capsulier.ledger.lease import Deposed
    from capsulier.services.engine_settings import engine_settings
    from capsulier.services.launchers import seal_launch

    settle_memory()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if with_parent:
        end_with_parent(ended)
    try:
        posted = [Posted(LocalEngine(config().executions_dir), Machine.here().machine_id)]
        if slurm := engine_settings().slurm:
            posted.append(Posted(SlurmEngine(config().executions_dir, slurm, seal_launch), "slurm"))
        await conduct(posted, ended)
    except ExceptionGroup as group:
        if group.split(Deposed)[1] is not None:
            raise
        logging.getLogger(__name__).warning("Another conductor leads. Ending, to stand by.")
        return DEPOSED
    return 0
