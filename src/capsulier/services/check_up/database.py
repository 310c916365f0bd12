"""The database itself: whole, up to date, and the right one."""

import uuid
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from capsulier.config import config
from capsulier.services.check_up.finding import Finding
from capsulier.store.models import Installation

_MOST_TOLD = 10


def check_integrity(repair: bool) -> Iterator[Finding]:
    """Whether the database says of itself that it is whole."""
    for each in _sqlite() if connection.vendor == "sqlite" else _postgresql():
        yield Finding(f"{each} Restore a backup.")


def check_tables(repair: bool) -> Iterator[Finding]:
    """Whether every table is as this version wants it."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    problem = f"{len(plan)} migrations have not run: `capsulier migrate` runs them."
    if repair:
        call_command("migrate", verbosity=0, interactive=False)
    yield Finding(problem, "They have run now." if repair else "")


def check_identity(repair: bool) -> Iterator[Finding]:
    """Whether data directory and database belong together."""
    path, row = config().data_dir / "installation", Installation.objects.first()
    if row is None:
        yield Finding("The database has no id of its installation. Restore a backup.")
    elif not path.exists():
        if repair:
            path.write_text(str(row.uuid))
        done = "It has the id of the database now." if repair else ""
        yield Finding(f"{path} is missing: the data directory belongs to no database.", done)
    elif _read_id(path.read_text()) != row.uuid:
        words = "Name the right pair with CAPSULIER_DATA_DIR and CAPSULIER_DATABASE."
        yield Finding(f"The data directory {config().data_dir} belongs to another database. {words}")


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


def _sqlite() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({_MOST_TOLD})")
        for (said,) in cursor.fetchall():
            if said != "ok":
                yield f"The database file is damaged: {said}."
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _ in cursor.fetchmany(_MOST_TOLD):
            yield f"Row {row} of the table “{table}” points to one of “{parent}” that is not there."


def _postgresql() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid LIMIT %s", [_MOST_TOLD])
        for (name,) in cursor.fetchall():
            yield f"The index “{name}” is not valid. REINDEX makes it anew; if that fails:"
