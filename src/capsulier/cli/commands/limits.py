"""What a platform may take, and how much of its history is kept."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from capsulier.cli.bodies import given, zero_is_none
from capsulier.cli.connection import connect
from capsulier.cli.options import Json
from capsulier.cli.output import Fact, print_facts, print_json, say

_OWN = ("max_log_mb", "min_free_mb", "keep_days", "keep_executions", "keep_log_days", "keep_mb", "keep_work_days")
_WORDS = {
    "max_running": "Executions at once",
    "max_log_mb": "Log of an execution, MB",
    "min_free_mb": "Free disk wanted, MB",
    "keep_days": "Executions kept, days",
    "keep_executions": "Executions kept of a job",
    "keep_log_days": "Logs and files kept, days",
    "keep_mb": "Logs and files of a job, MB",
    "keep_work_days": "Working directories kept, days",
}


def limits(
    platform: Annotated[str, typer.Option(help="Whose limits.")] = "main",
    *,
    max_running: Annotated[int | None, typer.Option(min=1, help="Executions at once.")] = None,
    max_log_mb: Annotated[int | None, typer.Option(min=0, help="Megabytes that an execution may log.")] = None,
    min_free_mb: Annotated[
        int | None, typer.Option(min=0, help="With less free on the disk, executions wait in the queue.")
    ] = None,
    keep_days: Annotated[int | None, typer.Option(min=0, help="Days for which executions are kept.")] = None,
    keep_executions: Annotated[int | None, typer.Option(min=0, help="How many of each job are kept.")] = None,
    keep_log_days: Annotated[int | None, typer.Option(min=0, help="Days for which logs and files are kept.")] = None,
    keep_mb: Annotated[int | None, typer.Option(min=0, help="Megabytes that the files of a job may take.")] = None,
    keep_work_days: Annotated[
        int | None, typer.Option(min=0, help="Days for which working directories are kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the limits of a platform and what it keeps, or change those given. 0 takes one away."""
    body = given(
        max_running=max_running,
        max_log_mb=max_log_mb,
        min_free_mb=min_free_mb,
        keep_days=keep_days,
        keep_executions=keep_executions,
        keep_log_days=keep_log_days,
        keep_mb=keep_mb,
        keep_work_days=keep_work_days,
    )
    connection, path = connect(), f"platforms/{platform}/limits"
    found = connection.send("PATCH", path, zero_is_none(body, *_OWN)) if body else connection.get(path)
    if as_json:
        print_json(found)
        return
    if body:
        say(f"Changed the limits of “{platform}”.")
    print_facts(_facts(found))


def _facts(found: dict[str, Any]) -> Iterator[Fact]:
    for name, words in _WORDS.items():
        none = "as the installation" if name in ("max_log_mb", "min_free_mb") else "all"
        yield words, str(found[name] or none)
    yield "Free on the disk, MB", str(found["free_mb"])
