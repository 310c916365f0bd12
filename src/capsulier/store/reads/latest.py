"""The latest executions of many jobs at once: of each as many steps into the index of its numbers."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection

from capsulier.store.models import Execution


class Recent(NamedTuple):
    """What a chart and a line need of an execution. A board has a thousand of them: models would take longer to make
    than to read."""

    id: int
    job_id: int
    number: int
    state: str
    placement: int
    queued_us: int
    started_us: int | None
    ended_us: int | None
    warned_us: int | None

    def as_model(self) -> Execution:
        """The execution itself, its other columns read when they are asked for."""
        return Execution.from_db(DEFAULT_DB_ALIAS, ["id", "placement"], [self.id, self.placement])


_COLUMNS = ", ".join(f"e.{column}" for column in Recent._fields)

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


def read_latest_of(counters: Mapping[int, int], each: int) -> list[Recent]:
    """The last `each` executions of every one of these jobs, oldest first. The jobs come by id, with the number of
    their last execution."""
    asked = json.dumps([[job_id, last - each] for job_id, last in counters.items()])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE.format(columns=_COLUMNS), [asked])
        else:
            cursor.execute(_POSTGRESQL.format(columns=_COLUMNS), [asked, each])
        rows: list[Any] = cursor.fetchall()
    return [Recent(*row) for row in rows]
