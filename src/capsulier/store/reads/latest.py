"""The latest executions of many jobs at once: of each as many steps into the index of its numbers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from capsulier.store.models import Execution

# What PostgreSQL guesses of "within the last twelve" would have it read the whole history: there each job is asked by
# itself, with a limit.
_SQLITE = """
SELECT {columns} FROM json_each(%s) AS asked
JOIN execution e ON e.job_id = asked.value ->> 0 AND e.number > asked.value ->> 1
ORDER BY e.number
"""
_POSTGRESQL = """
SELECT {columns} FROM jsonb_array_elements(%s::jsonb) AS asked
CROSS JOIN LATERAL (
    SELECT * FROM execution
    WHERE job_id = (asked ->> 0)::bigint AND number > (asked ->> 1)::bigint ORDER BY number DESC LIMIT %s
) AS e
ORDER BY e.number
"""


def read_latest_of(counters: Mapping[int, int], each: int, columns: Sequence[str]) -> list[Execution]:
    """The last `each` executions of every one of these jobs, oldest first, with these columns. The jobs come by id,
    with the number of their last execution."""
    asked = json.dumps([[job_id, last - each] for job_id, last in counters.items()])
    names = ", ".join(f"e.{column}" for column in columns)
    if connection.vendor == "sqlite":
        sql, parameters = _SQLITE, list[Any]([asked])
    else:
        sql, parameters = _POSTGRESQL, [asked, each]
    return list(Execution.objects.raw(sql.format(columns=names), parameters))
