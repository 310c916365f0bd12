"""New, empty databases for servers that tests start."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from django.db import connection
from psycopg import sql

T = TypeVar("T")


def in_own_connection(work: Callable[[], T]) -> T:
    """Do this in a thread as another process would, and leave no connection behind."""
    try:
        return work()
    finally:
        connection.close()


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a database of one's own on the PostgreSQL of this run; empty where the run is on SQLite."""
    server = os.environ.get("CAPSULIER_DATABASE", "")
    if not server.startswith("postgresql"):
        yield ""
        return
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as maker:
        maker.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    before, _, after = server.partition("?")
    try:
        yield f"{before.rpartition('/')[0]}/{name}" + (f"?{after}" if after else "")
    finally:
        with psycopg.connect(server, autocommit=True) as maker:
            maker.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
