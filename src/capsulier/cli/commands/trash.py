"""Deleting jobs, and getting them back."""

import sys
from typing import Annotated

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json
from capsulier.cli.output import print_json, printable, say


def delete(
    job: JobName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even if the job is running.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a job, and stop what it has running. It can be restored for 30 days."""
    connection = connect()
    found = find_job(connection, job)
    if found["status"] in {"running", "pending", "queued"} and not yes and sys.stdin.isatty():
        typer.confirm(printable(f"“{found['name']}” is {found['status']} and will be stopped. Delete it?"), abort=True)
    deleted = connection.send("DELETE", f"jobs/{found['id']}")
    if as_json:
        print_json(deleted)
    else:
        say(f"Deleted “{found['name']}”. `capsulier restore {found['id']}` brings it back within 30 days.")


def restore(job: JobName, as_json: Json = False) -> None:
    """Take a job out of the trash, with its versions, executions and logs."""
    connection = connect()
    found = find_job(connection, job, deleted=True)
    restored = connection.send("POST", f"jobs/{found['id']}/restore")
    print_json(restored) if as_json else say(f"Restored “{restored['name']}”, job {restored['id']}.")
