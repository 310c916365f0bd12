"""Which execution of a job a person means."""

from typing import Any

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import Unclear


def find_execution(connection: Connection, job: dict[str, Any], number: int | None = None) -> dict[str, Any]:
    """The one with this number, or the last. Raises Unclear."""
    before = None if number is None else number + 1
    found: list[dict[str, Any]] = connection.get(f"jobs/{job['id']}/executions", page=before, size=1)["items"]
    if found and number in (None, found[0]["number"]):
        return found[0]
    if number is None:
        raise Unclear(f"“{job['name']}” has not run yet.")
    raise Unclear(f"“{job['name']}” has no execution {number}. `capsulier executions {job['id']}` lists them.")
