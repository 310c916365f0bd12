"""Accounts that every Debian has, to run executions as; skipped by name where we cannot become them."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capsulier.core.launch import Account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run something as another account")


def account(name: str, *groups: int) -> Account:
    found = pwd.getpwnam(name)
    return Account(name, found.pw_uid, found.pw_gid, (found.pw_gid, *groups), found.pw_dir, "/bin/sh")


NOBODY, DAEMON = account("nobody", 4242), account("daemon")


@contextmanager
def a_passable_directory(owner: Account | None = None) -> Iterator[Path]:
    """One that everybody may pass all the way to, which those of pytest are not."""
    path = Path(tempfile.mkdtemp(prefix="capsulier-tests-"))
    path.chmod(0o755)
    if owner is not None:
        os.chown(path, owner.uid, owner.gid)
    yield path
    shutil.rmtree(path)
