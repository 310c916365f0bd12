"""What the engine keeps in memory of a placement that has not ended."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from capsulier.core.launch import Launch, Limits, execution_of
from capsulier.engines.local.paths import placement_path
from capsulier.engines.protocol import Phase, Standing


@dataclass(slots=True, eq=False)
class Placement:
    """One placement, from `submit` or `recover` until its end is told."""

    name: str
    directory: str
    limits: Limits = field(default_factory=Limits)
    standing: Standing = field(default_factory=lambda: Standing(Phase.WAITING))
    outcome: Standing | None = None
    """How it ended, once its wrapper is gone; told when nothing is left of what has to be ended with it."""
    is_told_running: bool = False
    is_quiet: bool = False
    """Being recovered: how it stands is the answer, not a change."""
    is_after_restart: bool = False
    """Being recovered for the first time since the machine was restarted: a missing record may have been lost."""

    has_steps: bool = False
    is_started: bool = False
    """We have started a wrapper for it, which may yet lose the claim."""
    pid: int | None = None
    """Of its wrapper."""
    pidfd: int | None = None
    cpus: frozenset[int] = frozenset()

    log_sizes: tuple[int, int] = (0, 0)
    log_pause_s: float = 0.0
    log_due: float = 0.0
    """When its logs are to be looked at next, on the loop's clock."""

    cpu_us: int | None = None
    """Once its wrapper is gone, if that was a child of ours."""
    peak_bytes: int | None = None
    """Of memory, as far as it was seen."""
    seen_cpu_us: int = 0
    usage_pause_s: float = 0.0
    usage_due: float = 0.0
    """When it is to be looked at next what it uses, on the loop's clock."""

    timeout: asyncio.TimerHandle | None = None
    placing: asyncio.Task[None] | None = None
    ending: asyncio.Task[None] | None = None
    is_forced: bool = False
    """No more grace is given."""
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when `outcome` or `is_forced` is: whoever ends it has something to do."""

    @classmethod
    def of(cls, root: Path, launch: Launch) -> "Placement":
        # A text all the way: joining paths takes 30 µs.
        directory = f"{root}/{placement_path(launch.execution_id, launch.placement)}"
        return cls(launch.name, directory, launch.limits, has_steps=bool(launch.steps))

    @property
    def subject(self) -> dict[str, int]:
        """What a line of the log about it carries as `extra`."""
        return {"execution_id": execution_of(self.name)}

    @property
    def is_running(self) -> bool:
        return self.standing.phase is Phase.RUNNING

    @property
    def is_gone(self) -> bool:
        """Its wrapper is; others of its tree may live."""
        return self.outcome is not None
