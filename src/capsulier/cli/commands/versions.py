"""The versions of a job."""

from typing import Annotated, Any

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json, VersionNumber
from capsulier.cli.output import Cell, print_facts, print_json, print_table, say
from capsulier.cli.standing import distance
from capsulier.cli.versions import version_facts


def versions(
    job: JobName,
    version: Annotated[
        int | None, typer.Argument(metavar="VERSION", min=1, help="Show this one in full instead of the list.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the versions of a job, or show one."""
    connection = connect()
    found = find_job(connection, job)
    path = f"jobs/{found['id']}/versions"
    if version is not None:
        one = connection.get(f"{path}/{version}")
        print_json(one) if as_json else print_facts(version_facts(one))
        return
    rows = list(connection.items(path))
    if as_json:
        print_json(rows)
        return
    print_table(
        (">Version", "", "Made", "By", "Command", "Package", "Note"),
        map(_row, rows),
        empty=f"“{found['name']}” has no version.",
    )


def rollback(job: JobName, version: VersionNumber, as_json: Json = False) -> None:
    """Make an earlier version the current one again."""
    connection = connect()
    found = find_job(connection, job)
    answer = connection.send("POST", f"jobs/{found['id']}/versions/{version}/rollback")
    print_json(answer) if as_json else say(f"Version {version} of “{found['name']}” is the current one.")


def star(job: JobName, version: VersionNumber, as_json: Json = False) -> None:
    """Mark a version as a major one."""
    _mark(job, version, "PUT", "is a major version", as_json)


def unstar(job: JobName, version: VersionNumber, as_json: Json = False) -> None:
    """Take a version's star away."""
    _mark(job, version, "DELETE", "is no major version", as_json)


def _mark(job: str, version: int, method: str, now: str, as_json: bool) -> None:
    connection = connect()
    found = find_job(connection, job)
    answer = connection.send(method, f"jobs/{found['id']}/versions/{version}/major")
    print_json(answer) if as_json else say(f"Version {version} of “{found['name']}” {now}.")


def _row(version: dict[str, Any]) -> tuple[Cell | str, ...]:
    package = version["package"]
    return (
        Cell(str(version["number"]), "bold" if version["is_current"] else ""),
        ("★ " if version["is_major"] else "") + ("current" if version["is_current"] else ""),
        distance(version["created_at"]),
        version["created_by"] or "",
        version["command"],
        package["name"] if package else "",
        version["note"],
    )
