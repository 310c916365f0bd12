"""An engine with a memory of all it has told, and the launches that the kit submits to it."""

import asyncio
import inspect
import itertools
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from capsulier.core.launch import Launch
from capsulier.engines.protocol import Engine, Handle, Phase, Standing

PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
ENDS = (Phase.ENDED, Phase.LOST)

_ids = itertools.count(1)


def a_launch(command: str, *, env: dict[str, str] | None = None, placement: int = 1, **facts: Any) -> Launch:
    """One that no other test uses."""
    return Launch(next(_ids), placement, command, PATH | (env or {}), **facts)


async def until(condition: Callable[[], object], *, within_s: float = 60.0) -> None:
    """Wait until it (plain or async) says yes; a test fails that waits too long."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if await answer if inspect.isawaitable(answer) else answer:
            return
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


class Watched:
    """Collects every change by name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.told: dict[str, list[Standing]] = defaultdict(list)
        self.waits: dict[str, list[str]] = defaultdict(list)
        """Why it has not begun, in the words of engines that tell."""
        self._changed: asyncio.Queue[tuple[Handle, Standing]] = asyncio.Queue()

    async def start(self) -> "Watched":
        await self.engine.start(self._changed)
        return self

    async def submit(self, command: str, **facts: Any) -> Handle:
        return await self.engine.submit(a_launch(command, **facts))

    async def run(self, command: str, **facts: Any) -> Standing:
        """Submit it and wait for its end."""
        return await self.end_of(await self.submit(command, **facts))

    async def end_of(self, handle: Handle, *, within_s: float = 60.0) -> Standing:
        await self.hear(handle, *ENDS, within_s=within_s)
        return self.told[handle["name"]][-1]

    async def hear(self, handle: Handle, *phases: Phase, within_s: float = 60.0) -> None:
        """Wait until it was told to be in one of these phases."""
        async with asyncio.timeout(within_s):
            while not any(each.phase in phases for each in self.told[handle["name"]]):
                changed, standing = await self._changed.get()
                if standing.phase is Phase.WAITING:
                    self.waits[changed["name"]].append(standing.detail)
                else:
                    self.told[changed["name"]].append(standing)
