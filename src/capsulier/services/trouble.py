"""Trouble below us, as refusals: a disk that is full, a database that is away. Nothing of ours has failed then."""

import errno
import sqlite3

import psycopg
from django.db import InterfaceError, OperationalError

from capsulier.core.errors import CapsulierError, DatabaseAway, StorageFull

_FULL = "The disk is full, so nothing was changed. Make room in the data directory and try again."
_AWAY = "The database does not answer. Try again in a moment."


def trouble_of(error: BaseException | None) -> CapsulierError | None:
    """None: it is a fault of our own."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(_FULL)
    if isinstance(error, OperationalError | InterfaceError):
        return StorageFull(_FULL) if _is_full(error.__cause__) else DatabaseAway(_AWAY)
    return None


def _is_full(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(cause, psycopg.errors.DiskFull)
