"""What a job has done, and what became of its schedule."""

from datetime import datetime
from itertools import islice
from typing import Annotated, Any, TypeAlias

import typer

from capsulier.cli.connection import connect
from capsulier.cli.moments import parse_moment
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json
from capsulier.cli.output import Cell, print_json, print_table, say
from capsulier.cli.standing import distance, exact_time, execution_state, took, used_cpu, used_memory

Limit: TypeAlias = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many, the latest.")]


def executions(job: JobName, limit: Limit = 20, as_json: Json = False) -> None:
    """List the executions of a job, the latest first."""
    connection = connect()
    found = find_job(connection, job)
    rows = list(islice(connection.items(f"jobs/{found['id']}/executions", size=min(limit, 200)), limit))
    if as_json:
        print_json(rows)
        return
    nodes = ("Node",) if any(row["node"] for row in rows) else ()
    print_table(
        (">Number", "State", ">Version", "Trigger", "When", "Took", ">CPU", ">Memory", ">Id", *nodes),
        ((*_execution_row(row), *((row["node"] or "",) if nodes else ())) for row in rows),
        empty=f"“{found['name']}” has not run yet.",
    )


def fires(
    job: JobName,
    *,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Why did it run, or not, then? 03:00 is the last time it was.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only what was due from then on.")] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List the instants at which the schedule was due, the latest first, and what became of each."""
    connection = connect()
    found = find_job(connection, job)
    now = datetime.now().astimezone()
    path = f"jobs/{found['id']}/fires"
    if at is not None:
        told = connection.get(f"{path}/why", at=parse_moment(at, now, "--at").isoformat())
        print_json(told) if as_json else say(told["words"])
        return
    earliest = parse_moment(since, now, "--since").isoformat() if since is not None else None
    rows = list(islice(connection.items(path, since=earliest, size=min(limit, 200)), limit))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Due", "Until", "What happened"),
        ((exact_time(fire["due_at"]), exact_time(fire["until_at"]), fire["words"]) for fire in rows),
        empty=f"The schedule of “{found['name']}” was not due yet.",
    )


def _execution_row(execution: dict[str, Any]) -> tuple[Cell | str, ...]:
    attempt = f", attempt {execution['attempt']}" if execution["attempt"] > 1 else ""
    return (
        str(execution["number"]),
        execution_state(execution),
        str(execution["version"]),
        execution["trigger"] + attempt,
        distance(execution["started_at"] or execution["queued_at"]),
        took(execution),
        used_cpu(execution),
        used_memory(execution),
        str(execution["id"]),
    )
