"""What the engine keeps in memory of a placement that has not ended."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from capsulier.core.launch import Launch, Limits
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Phase, Standing


@dataclass(slots=True, eq=False)
class Placement:
    """One placement, from `submit` or `recover` until its end is told."""

    name: str
    directory: str
    limits: Limits
    pid: int | None = None
    """Of its wrapper."""
    pidfd: int | None = None
    cpus: frozenset[int] = frozenset()
    standing: Standing = field(default_factory=lambda: Standing(Phase.WAITING))
    outcome: Standing | None = None
    """How it ended, once its wrapper is gone; told when nothing is left of what had to be ended with it."""
    is_told_running: bool = False
    log_sizes: tuple[int, int] = (0, 0)
    log_pause_s: float = 0.0
    log_due: float = 0.0
    """When its logs are to be looked at next, on the loop's clock."""
    timer: asyncio.TimerHandle | None = None
    task: asyncio.Task[None] | None = None
    """What readies it or ends it."""
    is_gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once its wrapper is gone and `outcome` is known."""
    is_forced: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when no more grace is given."""
    is_ending: bool = False

    @classmethod
    def of(cls, root: Path, launch: Launch) -> "Placement":
        return cls(launch.name, str(directory_of(root, launch.name)), launch.limits)

    @property
    def is_running(self) -> bool:
        return self.standing.phase is Phase.RUNNING
