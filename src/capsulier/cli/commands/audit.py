"""The audit trail: who did what to what, when and from where."""

import sys
from itertools import islice
from typing import Annotated, Any

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import Json
from capsulier.cli.output import Cell, print_json, print_table
from capsulier.cli.standing import exact_time


def audit(
    *,
    who: Annotated[str | None, typer.Option(help="Part of a person's or token's name, or of an address.")] = None,
    what: Annotated[
        str | None, typer.Option(metavar="KINDS", help="job, version, execution, variable, …; several with commas.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Part of what it was called.")] = None,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="Only of this job.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only of this platform.")] = None,
    since: Annotated[str | None, typer.Option(metavar="INSTANT", help="Such as 2026-12-01 or with a time.")] = None,
    until: Annotated[str | None, typer.Option(metavar="INSTANT", help="Up to, not including.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many, the latest.")] = 20,
    export: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="Write all of it: csv, or jsonl for JSON lines.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the audit trail, the latest first. For administrators."""
    connection = connect()
    asked: dict[str, Any] = {
        "who": who,
        "subject": [each.strip() for each in what.split(",")] if what else None,
        "name": name,
        "job": find_job(connection, job)["id"] if job else None,
        "platform": platform,
        "since": since,
        "until": until,
    }
    if export:
        with connection.stream("changes/export", format=export, **asked) as response:
            for chunk in response.iter_bytes():
                sys.stdout.buffer.write(chunk)
        return
    rows = list(islice(connection.items("changes", size=min(limit, 200), **asked), limit))
    if as_json:
        print_json(rows)
        return
    print_table(("When", "Who", "By", "From", "Did", "To"), map(_row, rows), empty="Nothing of that was done.")


def _row(change: dict[str, Any]) -> tuple[Cell | str, ...]:
    return (
        exact_time(change["at"]),
        change["user"] or "",
        change["via"],
        change["address"] or "",
        change["verb"],
        f"{change['subject']} {change['name']}".strip(),
    )
