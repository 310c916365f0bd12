"""A second database beside the one that Django is set up with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from capsulier.config import database_settings


@contextmanager
def snapshot(url: str, alias: str = "snapshot") -> Iterator[str]:
    """One moment of a database while everybody goes on writing: its alias, within a transaction that sees no other."""
    with _opened(url, alias, keeps_writers_out=False):
        yield alias


@contextmanager
def still(url: str, alias: str = "still") -> Iterator[str]:
    """A database into which nobody writes meanwhile: its alias, within a transaction that keeps them waiting."""
    with _opened(url, alias, keeps_writers_out=True):
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
                names = ", ".join(name for (name,) in cursor.fetchall())
                if names:
                    cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        yield alias


@contextmanager
def _opened(url: str, alias: str, *, keeps_writers_out: bool) -> Iterator[None]:
    settings: dict[str, Any] = database_settings(url)
    options: dict[str, Any] = settings["OPTIONS"]
    if "sqlite" in settings["ENGINE"]:
        options["transaction_mode"] = "IMMEDIATE" if keeps_writers_out else "DEFERRED"
    else:
        from psycopg import IsolationLevel  # noqa: PLC0415  # not where there is no PostgreSQL

        # Rows may be on their way for longer than a process that is frozen would be waited for.
        options["options"] = "-c idle_in_transaction_session_timeout=0"
        if not keeps_writers_out:
            options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections.settings[alias] = connections.configure_settings({"default": settings})["default"]
    try:
        with transaction.atomic(using=alias):
            yield
    finally:
        connections[alias].close()
        del connections[alias], connections.settings[alias]
