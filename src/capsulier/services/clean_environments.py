"""Remove Python environments that nobody has used for long."""

import fcntl
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from capsulier.clock import as_us
from capsulier.config import config
from capsulier.services.environments import ACCOUNTS, SPECS
from capsulier.store.models import Execution

KEPT = timedelta(days=30)
_NAME = "[0-9a-f]" * 32


def clean_environments(now: datetime) -> None:
    """Those that no execution was started in for 30 days. Waits while an execution lives that was started before: it
    may be in any of them. Doing it twice is the same as once."""
    before = now - KEPT
    if Execution.objects.filter(ended_us=None, queued_us__lt=as_us(before)).exists():
        return
    for directory in config().environments_dir.glob(_NAME):
        _clean(directory, before.timestamp())
    for directory in (config().environments_dir / ACCOUNTS).glob(f"[0-9]*/{_NAME}"):
        if _clean(directory, before.timestamp()):
            said = config().environments_dir / SPECS / f"{directory.parent.name}.{directory.name}.json"
            said.unlink(missing_ok=True)


def _clean(directory: Path, before: float) -> bool:
    """Whether it is gone. Its owner may be another account than ours, and a link in the place of anything in it: all is
    done by the descriptor of the directory."""
    try:
        own = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if _last_used(own) >= before:
            return False
        fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _has(own, "ready"):
            # Whoever comes now finds it not ready and waits for our lock; who came a moment ago has renewed its age.
            os.rename("ready", "ready.aside", src_dir_fd=own, dst_dir_fd=own)
            if os.lstat("ready.aside", dir_fd=own).st_mtime >= before:
                os.rename("ready.aside", "ready", src_dir_fd=own, dst_dir_fd=own)
                return False
        shutil.rmtree(directory)
    except BlockingIOError:
        return False  # it is being made
    else:
        return True
    finally:
        os.close(own)


def _has(directory: int, name: str) -> bool:
    try:
        os.lstat(name, dir_fd=directory)
    except FileNotFoundError:
        return False
    return True


def _last_used(directory: int) -> float:
    """One that was never finished is as old as the last try."""
    if _has(directory, "ready"):
        return os.lstat("ready", dir_fd=directory).st_mtime
    return os.fstat(directory).st_mtime
