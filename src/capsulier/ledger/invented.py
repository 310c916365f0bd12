"""Executions that never ran, and the fires of those that a schedule would have started: by the million, in a few
statements. For measurements only, into tables that are empty."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

from capsulier.ledger import statements
from capsulier.store.models import Execution, Fire

_SNAPSHOT = {
    "version": 1,
    "command": "true",
    "package": None,
    "sha256": None,
    "runtime": "",
    "timeout_s": None,
    "memory_mb": None,
    "cpus": None,
}


def invent_executions(job_ids: Sequence[int], count: int, schedules: int, *, platform_id: int, now_us: int) -> None:
    """`count` executions, the last of which has just ended: as many a minute as there are schedules, in turn one of
    each of the first jobs; every tenth is of another job, and every 49th of the first. The jobs' ids follow each other.
    """
    step_us = 60_000_000 // schedules
    others = max(1, len(job_ids) - schedules)
    parameters = {
        "count": count,
        "first_job": job_ids[0],
        "schedules": schedules,
        "others": others,
        "first_other": schedules if len(job_ids) > schedules else 0,
        "begin_us": now_us - 5_000_000 - count * step_us,
        "step_us": step_us,
    }
    _insert(Execution, _EXECUTION, statements.text("invented"), parameters | {"platform_id": platform_id})
    _insert(Fire, _FIRE, "FROM execution WHERE trigger = 'schedule' ORDER BY id", {})
    statements.run("count_invented", now_us=now_us)


_EXECUTION = {
    "platform_id": "%(platform_id)s",
    "job_id": "invented.job_id",
    "number": "invented.number",
    "version_id": "(SELECT current_version_id FROM job WHERE job.id = invented.job_id)",
    "state": "CASE WHEN n %% 20 = 7 THEN 'failed' WHEN n %% 50 = 9 THEN 'killed' ELSE 'success' END",
    "reason": "CASE WHEN n %% 20 <> 7 AND n %% 50 = 9 THEN 'stopped' ELSE 'exit' END",
    "exit_code": "CASE WHEN n %% 20 = 7 THEN 3 WHEN n %% 50 = 9 THEN 143 ELSE 0 END",
    "trigger": "invented.trigger",
    "due_us": "CASE WHEN invented.trigger = 'schedule' THEN queued_us - 4000 END",
    "not_before_us": "queued_us",
    "queued_us": "queued_us",
    "pending_us": "queued_us + 2000",
    "started_us": "queued_us + 12000",
    "ended_us": "queued_us + 20000 + n * 7919 %% 4000000",
    "placement": "1",
    "engine": "'local'",
    "snapshot": "%(snapshot)s",
}
_FIRE = {
    "platform_id": "platform_id",
    "job_id": "job_id",
    "due_us": "due_us",
    "outcome": "'ran'",
    "execution_id": "id",
    "decided_us": "queued_us",
}


def _insert(model: type[models.Model], columns: Mapping[str, str], source: str, parameters: Mapping[str, Any]) -> None:
    """Insert a row for each of the source; the columns that nothing is said about have their model's default, also
    those that a later version brings."""
    given = dict(parameters) | {"snapshot": json.dumps(_SNAPSHOT)}
    expressions = dict(columns)
    for field in model._meta.concrete_fields:
        name = field.get_attname()
        if not field.primary_key and name not in columns:
            given[f"default_{name}"] = field.get_db_prep_save(field.get_default(), connection)
            expressions[name] = f"%(default_{name})s"
    names, values = ", ".join(expressions), ", ".join(expressions.values())
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} {source}", given)
