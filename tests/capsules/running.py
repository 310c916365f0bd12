"""Jobs of capsules, run by the real engine from the launch that the conductor would hand to it."""

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from capsulier.capsules.shelf import get_capsule
from capsulier.config import config
from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Phase, Standing
from capsulier.packages.storage import store
from capsulier.services.launches import compile_launch
from tests.engines.watched import Watched

_ids = itertools.count(1_000_000)


@dataclass(frozen=True)
class Ran:
    """How an execution ended, and what it left."""

    standing: Standing
    directory: Path

    def log(self, stream: str) -> str:
        path = self.directory / f"{stream}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def out(self) -> str:
        return self.log("stdout")

    @property
    def work(self) -> Path:
        return self.directory / "work"

    def succeeded(self) -> "Ran":
        assert (self.standing.reason, self.standing.exit_code) == (Reason.EXIT, 0), self.told()
        return self

    def told(self) -> str:
        """All there is to see of it."""
        return "\n".join(
            [str(self.standing), *(f"--- {each}\n{self.log(each)}" for each in ("setup", "stdout", "stderr"))]
        )


def facts_of(capsule: str, command: str | None = None, package: tuple[str, bytes] | None = None, **more: Any) -> Any:
    """What the ledger tells of a placed execution. No command: the capsule's default."""
    stored = store([package[1]]) if package else None
    name = package[0] if package else None
    facts = {
        "id": next(_ids),
        "job_id": 7,
        "job_name": "nightly",
        "capsule": capsule,
        "platform": "main",
        "number": 3,
        "placement": 1,
        "attempt": 1,
        "trigger": "manual",
        "due_us": None,
        "variables": {},
        "version": 2,
        "command": command or get_capsule(capsule, config().data_dir / "capsules").command_for(name),
        "runtime": "",
        "timeout_s": None,
        "memory_mb": None,
        "cpus": None,
        "max_log_mb": None,
        "run_as": "",
        "package_name": name,
        "sha256": stored.sha256 if stored else None,
        "size_bytes": stored.size_bytes if stored else None,
    }
    return SimpleNamespace(**facts | more)


def run(*args: Any, within_s: float = 60.0, **facts: Any) -> Ran:
    """Run it as `facts_of` describes it."""
    execution = facts_of(*args, **facts)
    return run_all([compile_launch(execution, execution.variables)], within_s=within_s)[0]


def run_all(launches: list[Launch], *, within_s: float = 60.0) -> list[Ran]:
    """Run them at the same time."""

    async def go() -> list[Standing]:
        watched = await Watched(LocalEngine(config().executions_dir)).start()
        try:
            handles = [await watched.engine.submit(launch) for launch in launches]
            return [await watched.end_of(handle, within_s=within_s) for handle in handles]
        finally:
            await watched.engine.close()

    standings = asyncio.run(go())
    assert all(standing.phase is Phase.ENDED for standing in standings)
    return [
        Ran(standing, directory_of(config().executions_dir, launch.name))
        for standing, launch in zip(standings, launches, strict=True)
    ]
