"""What every engine offers. The conformance kit in `tests/engines/` holds each engine to the sentences below."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason

Handle: TypeAlias = dict[str, Any]
"""What finds an execution again, by this process or a later one. JSON, stored with the execution; it always has
`name`, the name of its launch."""


class Ability(StrEnum):
    """What an engine may or may not be able to do; the pages say which."""

    ENFORCES_MEMORY = "enforces_memory"
    ENFORCES_CPU = "enforces_cpu"
    TELLS_WHY_IT_WAITS = "tells_why_it_waits"
    RUNS_IMAGES = "runs_images"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").replace("cpu", "CPU")


class Phase(StrEnum):
    """Where a placement stands, as its engine knows it."""

    WAITING = "waiting"
    """Accepted; nothing of the command runs yet (a place is sought, the environment is made)."""
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"
    """Gone, and it is certain that nothing of it runs any more. `ran` says whether anything may have run."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an engine knows of a placement at one moment."""

    phase: Phase
    started_us: int | None = None
    """When the command's process began, microseconds since the epoch."""
    ended_us: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    """For an exit code of 128 + n as a shell reports it, the n (a derived fact)."""
    reason: Reason | None = None
    """With ENDED: EXIT, SIGNAL, or what the engine ended it for (TIMEOUT, OUT_OF_MEMORY, LOG_LIMIT, SETUP, ENGINE).
    With LOST: LOST. An engine never says STOPPED or REPLACED: who asked for a stop is not its business."""
    detail: str = ""
    """Words for a person: the failing preparation step, why it waits, "the machine was restarted"."""
    cpu_us: int | None = None
    """With ENDED: the processor time of the command's processes, where the engine knows it."""
    peak_bytes: int | None = None
    """The most memory that they had together, as far as it was seen."""
    ran: bool = True
    """With LOST: False where it is certain that nothing of the command ever ran, so that placing it again is safe."""


@dataclass(frozen=True, slots=True)
class Node:
    """A machine that executions may run on."""

    name: str
    state: str
    cpus: int
    memory_bytes: int
    executions: int
    """Ours."""
    used_cpus: int | None = None
    """Given to whoever has them, others' work too; None where nobody tells."""
    used_memory_bytes: int | None = None


class Engine(Protocol):
    """Places executions somewhere and tells how they ended."""

    name: str
    abilities: frozenset[Ability]

    async def start(self, changed: asyncio.Queue[tuple[Handle, Standing]]) -> None:
        """Begin to watch. Every later change of a placement that this engine object submitted or recovered is put
        on `changed` (RUNNING once its command's process exists, then ENDED or LOST, each at most once). An engine that
        tells why something waits also puts WAITING on it, with the words in `detail`, when these change."""
        ...

    async def submit(self, launch: Launch) -> Handle:
        """Place it. Safe to repeat: a second submit under the same name starts nothing and answers with a handle of
        the first. What goes wrong afterwards arrives as a standing (reason SETUP or ENGINE), not as an exception."""
        ...

    async def poll(self, handles: Sequence[Handle]) -> Mapping[str, Standing]:
        """How these stand now, by name; one call for all. Works for handles of an earlier process too."""
        ...

    async def recover(self, launches: Sequence[tuple[Launch, Handle | None]]) -> Mapping[str, Standing]:
        """Find these again after our own restart and watch them from now on; the answer is how each stands. A handle
        of None is a placement whose submit may or may not have happened: found by name, else LOST with ran=False."""
        ...

    async def stop(self, handle: Handle, *, force: bool = False) -> None:
        """TERM to the whole tree, KILL after the grace of its limits; `force` kills at once. Doing it twice is the
        same as once; on one that has ended it does nothing."""
        ...

    async def nodes(self) -> Sequence[Node]: ...

    async def close(self) -> None:
        """Stop watching. What runs goes on."""
        ...
