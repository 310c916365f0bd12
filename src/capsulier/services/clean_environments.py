"""Remove Python environments that nobody has used for long."""

import fcntl
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from capsulier.clock import as_us
from capsulier.config import config
from capsulier.core.states import LIVE
from capsulier.store.models import Execution

KEPT = timedelta(days=30)


def clean_environments(now: datetime) -> None:
    """Those that no execution was started in for 30 days. Waits while an execution lives that was started before: it
    may be in any of them. Doing it twice is the same as once."""
    before = now - KEPT
    if Execution.objects.filter(state__in=LIVE, queued_us__lt=as_us(before)).exists():
        return
    for directory in config().environments_dir.glob("[0-9a-f]" * 32):
        _clean(directory, before.timestamp())


def _clean(directory: Path, before: float) -> None:
    if _last_used(directory) >= before:
        return
    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ready, aside = directory / "ready", directory / "ready.aside"
        if ready.exists():
            # Whoever comes now finds it not ready and waits for our lock; who came a moment ago has renewed its age.
            ready.replace(aside)
            if aside.stat().st_mtime >= before:
                aside.replace(ready)
                return
        shutil.rmtree(directory)
    except BlockingIOError:
        pass  # it is being made
    finally:
        os.close(lock)


def _last_used(directory: Path) -> float:
    """One that was never finished is as old as the last try."""
    try:
        return (directory / "ready").stat().st_mtime
    except FileNotFoundError:
        return directory.stat().st_mtime
