"""What the capsules need of this machine, and what of it is there."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from capsulier.capsules.capsule import Capsule
from capsulier.capsules.runtimes import FoundRuntime
from capsulier.core.errors import MissingTool

T = TypeVar("T")
_HOLDS_S = 60.0

_lately: dict[tuple[str, str], tuple[float, Capsule, Any]] = {}


@dataclass(frozen=True, slots=True)
class Health:
    runtimes: tuple[FoundRuntime, ...]
    """The newest first."""
    missing: tuple[str, ...]
    """Sentences: what is missing and what to install."""

    @property
    def is_healthy(self) -> bool:
        return not self.missing


def health_of(capsule: Capsule) -> Health:
    """What was found on this machine, at most a minute ago."""
    return _within_a_minute(capsule, "health", lambda: Health(capsule.runtimes, capsule.missing))


def missing_of(capsule: Capsule) -> tuple[str, ...]:
    """What it needs and this machine lacked a minute ago at most: sentences that say what to install."""
    return _within_a_minute(capsule, "missing", lambda: capsule.missing)


def runtime_for(capsule: Capsule, runtime_id: str) -> FoundRuntime | None:
    """The runtime that a version runs in; None for a capsule without runtimes. Raises MissingTool, with the sentence
    of what to install, where a tool of the capsule or this runtime is not on this machine.

    What was there a minute ago is taken to be there; what was missing is looked for again.
    """
    if missing_of(capsule) and (missing := capsule.missing):
        raise MissingTool(" ".join(missing))
    if not capsule.runtime_rules:
        return None
    key = f"runtime {runtime_id}"
    runtime = _within_a_minute(capsule, key, lambda: capsule.runtime(runtime_id))
    if runtime is None or not os.access(runtime.executable, os.X_OK):
        _lately.pop((capsule.id, key), None)
        runtime = capsule.runtime(runtime_id)
    if runtime is None:
        there = ", ".join(each.id for each in capsule.runtimes)
        raise MissingTool(
            f"{capsule.label} has no runtime “{runtime_id}” on this machine any more; there are {there}. "
            "Install it, or upgrade the job to another."
        )
    return runtime


def _within_a_minute(capsule: Capsule, what: str, look: Callable[[], T]) -> T:
    """Looked up anew after a minute, and when the capsule's file has changed."""
    known = _lately.get((capsule.id, what))
    if known is None or known[1] is not capsule or time.monotonic() - known[0] > _HOLDS_S:
        known = _lately[capsule.id, what] = time.monotonic(), capsule, look()
    found: T = known[2]
    return found
