"""Fill an empty database with the rows of another: all of them, proven, or nothing, not even a table."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, DataError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from capsulier.core.errors import CapsulierError
from capsulier.store.rows import digest_of, empty, set_marks, tables, write_rows

Migrations = Iterable[tuple[str, str]]


class CannotLoad(CapsulierError):
    code, title = "cannot_load", "The rows cannot be taken over"


def is_empty() -> bool:
    return not connection.introspection.table_names()


def load_rows(
    applied: Migrations,
    facts: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, int],
    rows: Iterable[tuple[str, Iterable[str]]],
) -> None:
    """Make the tables as they were when just these migrations had been applied, and fill them, in one transaction.
    Raises CannotLoad unless every table then holds what `facts` say: columns, count, digest."""
    with _one_transaction():
        models = tables(_make_tables(applied))
        if missing := sorted(set(facts) - set(models)):
            raise CannotLoad(f"There is no table “{missing[0]}” here.")
        empty(DEFAULT_DB_ALIAS, models.values())  # of what migrations have put there
        for name, lines in rows:
            try:
                write_rows(DEFAULT_DB_ALIAS, models[name], facts[name]["columns"], lines)
            except (DataError, ValueError) as error:
                raise CannotLoad(f"A row of the table “{name}” does not fit into this database: {error}") from error
        set_marks(DEFAULT_DB_ALIAS, [*models.values()], dict(marks))
        for name, told in facts.items():
            found = digest_of(DEFAULT_DB_ALIAS, models[name], told["columns"])
            if found != (told["rows"], told["digest"]):
                counts = f"{told['rows']:,} rows of the table “{name}”, {found[0]:,} came over"
                raise CannotLoad(f"Of {counts}, or not the same ones.")


def settle_rows() -> None:
    """After very many rows have come at once: what PostgreSQL's autovacuum would do within minutes. Until then an index
    cannot answer without a look at each row: with a million executions Activity takes 450 ms instead of 90. Outside of
    a transaction; doing it twice is the same as once."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Tables and rows together: SQLite changes tables only where references are not looked at, so all of them are in
    the end."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        yield
        connection.check_constraints()


def _make_tables(applied: Migrations) -> Apps:
    """The models of that time."""
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, {(app, name) for app, name in applied}
    unknown = sorted(wanted - set(graph.nodes))
    if unknown:
        raise CannotLoad(f"It was made by a newer version of Capsulier, which has to restore it ({unknown[0][1]}).")
    last = [key for key in wanted if not any(child.key in wanted for child in graph.node_map[key].children)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It changes no table while a reference of one of its rows is still to be looked at.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            executor.migrate(last)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    else:
        executor.migrate(last)
    return executor.loader.project_state(last).apps
