"""All rows of a database in a form that belongs to none: for backups, and for moving from one database to another.

A row is the list of its columns' values as JSON, in an order that is told beside it. The digest of a table is the sum
of the hashes of its rows, whatever order a database keeps them in: two tables with the same digest hold the same.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connections
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.sql import InsertQuery

_AT_ONCE = 1000
_MODULUS = 1 << 256


class Digest:
    """The count and digest of a table, row by row."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: str) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line.encode()).digest())) % _MODULUS

    @property
    def facts(self) -> tuple[int, str]:
        return self.rows, f"{self._sum:064x}"


def tables(apps: Apps) -> dict[str, type[Model]]:
    """Every table, by its name; also those between two others."""
    models = apps.get_models(include_auto_created=True)
    found = {model._meta.db_table: model for model in models if model._meta.managed and not model._meta.proxy}
    return dict(sorted(found.items()))


def columns(model: type[Model]) -> list[str]:
    return [field.attname for field in _fields(model)]


def read_rows(alias: str, model: type[Model], names: Sequence[str]) -> Iterator[str]:
    """Its rows as lines of JSON; `names` are the columns."""
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        yield json.dumps(row, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def write_rows(alias: str, model: type[Model], names: Sequence[str], lines: Iterable[str]) -> None:
    """Add these rows exactly as they are; `names` are the columns that they have."""
    by_name = {field.attname: field for field in _fields(model)}
    fields = [by_name[name] for name in names]
    waiting = list[Model]()
    size = min(_AT_ONCE, connections[alias].ops.bulk_batch_size([*fields], [None] * _AT_ONCE))
    for line in lines:
        values = [_value(field, value) for field, value in zip(fields, json.loads(line), strict=True)]
        waiting.append(model(**dict(zip(names, values, strict=True))))
        if len(waiting) == size:
            _insert(alias, model, fields, waiting)
            waiting = []
    if waiting:
        _insert(alias, model, fields, waiting)


def digest_of(alias: str, model: type[Model], names: Sequence[str]) -> tuple[int, str]:
    """How many rows it has, and what they are."""
    digest = Digest()
    for line in read_rows(alias, model, names):
        digest.add(line)
    return digest.facts


def empty(alias: str, models: Iterable[type[Model]]) -> None:
    """Remove what migrations have put there. Part of a transaction in which references are looked at in the end."""
    with connections[alias].cursor() as cursor:
        for model in models:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608  # a name of our own


def read_marks(alias: str, models: Iterable[type[Model]]) -> dict[str, int]:
    """The highest id that each table has ever given out: those of removed rows do not come again."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            known = {model._meta.db_table for model in models}
            return {name: mark for name, mark in cursor.fetchall() if name in known}
        found = dict[str, int]()
        for model in models:
            if (sequence := _sequence(cursor, model)) is not None:
                cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608  # as PostgreSQL quotes it
                last, is_called = cursor.fetchone()
                found[model._meta.db_table] = last if is_called else 0
        return found


def set_marks(alias: str, models: Sequence[type[Model]], marks: dict[str, int]) -> None:
    """Let ids go on behind these, and behind those that the rows have."""
    connection, names = connections[alias], {model._meta.db_table for model in models}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table, mark in ((table, mark) for table, mark in marks.items() if table in names):
                cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [mark, table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) "
                    "SELECT %s, %s WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                    [table, mark, table],
                )
            return
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        for model in models:
            mark = marks.get(model._meta.db_table, 0)
            if mark and (sequence := _sequence(cursor, model)) is not None:
                cursor.execute(
                    f"SELECT setval(%s, GREATEST(%s, (SELECT last_value FROM {sequence})))",  # noqa: S608  # as above
                    [sequence, mark],
                )


def _fields(model: type[Model]) -> list["Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def _insert(alias: str, model: type[Model], fields: Sequence["Field[Any, Any]"], rows: list[Model]) -> None:
    query = InsertQuery(model)
    query.insert_values(fields, rows, raw=True)  # raw: nothing is set to now
    query.get_compiler(using=alias).execute_sql()


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    return value if isinstance(field, JSONField) else field.to_python(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form of its own in a backup.")


def _sequence(cursor: Any, model: type[Model]) -> str | None:
    """The name of the sequence behind its ids, quoted; None where it has none."""
    key = model._meta.pk
    if not isinstance(key, AutoField) and key.get_internal_type() not in ("BigAutoField", "AutoField"):
        return None
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', key.column])
    name: str | None = cursor.fetchone()[0]
    return name
