"""A process of its own that runs a local engine: to be killed, or frozen, by a test.

    python manager.py PLACE LAUNCHES [freeze]

Submits the launches (a JSON list), says so with a line each, and goes on with a line for each change. With `freeze` it
stops itself (SIGSTOP) at the instant before each spawn.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from capsulier.core.launch import Launch
from capsulier.engines.local import LocalEngine, spawn


async def manage(place: str, launches: str, *how: str) -> None:
    if "freeze" in how:
        posix_spawn = spawn.posix_spawn

        def frozen_spawn(*arguments: Any, **options: Any) -> int:
            os.kill(os.getpid(), signal.SIGSTOP)
            return posix_spawn(*arguments, **options)

        spawn.posix_spawn = frozen_spawn
    engine = LocalEngine(Path(place))
    changed: asyncio.Queue[object] = asyncio.Queue()
    await engine.start(changed)
    for launch in json.loads(launches):
        print(json.dumps(await engine.submit(Launch.from_json(launch))), flush=True)
    while True:
        print(await changed.get(), flush=True)


if __name__ == "__main__":
    asyncio.run(manage(*sys.argv[1:]))
