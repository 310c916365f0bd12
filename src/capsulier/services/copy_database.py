"""Copy all rows of the database that was in use into the one that Django is set up with, an empty one."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.ledger.lease import CONDUCTOR
from capsulier.services.load_rows import CannotLoad, is_empty, load_rows, settle_rows
from capsulier.store.databases import still
from capsulier.store.models import Installation, Lease
from capsulier.store.rows import columns, digest_of, read_marks, read_rows, tables


class Copied(NamedTuple):
    rows: dict[str, int]
    """Of each table."""
    was_there: bool
    """An earlier copy had brought all of it already."""


def copy_database(source: str) -> Copied:
    """Nothing is written into the source, by anybody, while it lasts. Killed at any moment it has changed nothing that
    counts, or all: begun again, it copies, or finds that everything is there. Raises CannotLoad."""
    if pid := _web_process():
        raise CannotLoad(f"A web process works on the database in use (process {pid}). Stop it first, then copy.")
    was_there = not is_empty()
    with still(source) as alias:
        _check_source(alias)
        models = tables(apps)
        facts = {name: _facts(alias, model) for name, model in models.items()}
        applied = MigrationRecorder(connections[alias]).applied_migrations()
        if was_there:
            _check_earlier(alias, models, facts)
        else:
            rows = ((name, read_rows(alias, model, facts[name]["columns"])) for name, model in models.items())
            load_rows(applied, facts, read_marks(alias, models.values()), rows)
    call_command("migrate", verbosity=0, interactive=False)
    settle_rows()
    return Copied({name: told["rows"] for name, told in facts.items()}, was_there)


def _check_earlier(alias: str, models: Mapping[str, type[Model]], facts: Mapping[str, Any]) -> None:
    """Raise CannotLoad unless an earlier copy has brought just these rows: it did, or it was killed right behind its
    commit. There is no half: tables and rows come in one transaction."""
    mine = Installation.objects.using(alias).get().uuid
    there = Installation._meta.db_table in connection.introspection.table_names()
    if not there or not Installation.objects.filter(uuid=mine).exists():
        raise CannotLoad(
            "The new database has tables already, of something else. Nothing was copied: give an empty one."
        )
    source, target = (
        set(MigrationRecorder(connections[each]).applied_migrations()) for each in (alias, DEFAULT_DB_ALIAS)
    )
    if source == target:
        changed = (name for name, model in models.items() if _facts(DEFAULT_DB_ALIAS, model) != facts[name])
        first = next(changed, None)
        if first is None:
            return
        differs = f"since then the table “{first}” has changed in one of the two"
    else:
        differs = "their tables are of different versions"
    raise CannotLoad(
        f"The new database has this installation already, from an earlier copy; {differs}. Nothing was copied. Work on "
        "with that one, or empty it and copy again."
    )


def _facts(alias: str, model: type[Model]) -> dict[str, Any]:
    names = columns(model)
    rows, digest = digest_of(alias, model, names)
    return {"columns": names, "rows": rows, "digest": digest}


def _check_source(alias: str) -> None:
    loader = MigrationLoader(connections[alias])
    if set(loader.graph.leaf_nodes()) - set(loader.applied_migrations):
        raise CannotLoad("The tables in use are of an older version. Run `capsulier migrate`, then copy.")
    lease = Lease.objects.using(alias).filter(name=CONDUCTOR, until_us__gt=now_us()).exclude(holder="").first()
    if lease is not None:
        raise CannotLoad(f"A conductor leads ({lease.holder.rpartition(':')[0]}). Stop it first, then copy.")
    mine = config().data_dir / "installation"
    if mine.exists() and mine.read_text() != str(Installation.objects.using(alias).get().uuid):
        raise CannotLoad(f"The data directory {config().data_dir} belongs to another database than the one in use.")


def _web_process() -> int | None:
    """That of this data directory, if it runs."""
    with suppress(OSError, ValueError, KeyError):
        pid = int(json.loads((config().run_dir / "web.json").read_text())["pid"])
        os.kill(pid, 0)
        return pid
    return None
