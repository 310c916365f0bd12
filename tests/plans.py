"""What a database means to do for a statement, and which of it would grow with the tables."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

LARGE = {"execution", "fire", "occasion", "alert", "job", "schedule", "version", "change"}
_OF_SQLITE = re.compile(r"SCAN (?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?")
_OF_POSTGRESQL = re.compile(r"Seq Scan on (?P<table>\w+)")


def plan_of(sql: str, parameters: Any) -> str:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def scans(sql: str, plan: str) -> list[str]:
    """Of the large tables, those that are gone through from end to end. Going through an index that holds few rows of
    its table is none: it is there to be gone through."""
    if connection.vendor == "postgresql":
        found = _OF_POSTGRESQL.finditer(plan)
        return [each["table"] for each in found if each["table"] in LARGE]
    found = _OF_SQLITE.finditer(plan)
    aliases = {alias: table for table, alias in re.findall(r'(?:FROM|JOIN|UPDATE) "?(\w+)"? (?:AS )?(\w+)', sql)}
    derived = set(re.findall(r"\) AS (\w+)", sql))  # what a subquery has answered
    tables = (
        (aliases.get(each["table"], each["table"]), each["index"])
        for each in found
        if each["index"] or each["table"] not in derived
    )
    return [table for table, index in tables if table in LARGE and index not in _partial_indexes()]


@contextmanager
def no_sequential_scans() -> Iterator[None]:
    """Where there is an index, PostgreSQL takes it, however small a table of a test is."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        yield
        cursor.execute("SET enable_seqscan = on")


@contextmanager
def statements_noted() -> Iterator[list[tuple[str, Any]]]:
    """What Django asks meanwhile."""
    noted: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            noted.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield noted


def _partial_indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%% WHERE %%'")
        return {name for (name,) in cursor.fetchall()}
