"""Reading logs."""

import sys
from enum import StrEnum
from typing import Annotated, BinaryIO

import typer

from capsulier.cli.connection import Connection, connect
from capsulier.cli.following import follow_both, follow_log
from capsulier.cli.named_execution import find_execution
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName


class Stream(StrEnum):
    """As people type them."""

    OUT = "out"
    ERR = "err"
    SETUP = "setup"

    @property
    def log(self) -> str:
        return {"out": "stdout", "err": "stderr", "setup": "setup"}[self.value]


def logs(
    job: JobName,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as the log is written, until the execution has ended.")
    ] = False,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", metavar="N", min=0, help="Only the last N lines. Default: all.")
    ] = None,
    stream: Annotated[
        Stream | None,
        typer.Option(help="Only this one, on standard output. Default: out and err, each where it belongs."),
    ] = None,
    number: Annotated[
        int | None, typer.Option("--execution", metavar="NUMBER", min=1, help="Of this execution. Default: the last.")
    ] = None,
) -> None:
    """Print the logs of an execution, byte for byte."""
    connection = connect()
    execution_id = find_execution(connection, find_job(connection, job), number)["id"]
    if stream is not None:
        _print(connection, execution_id, stream.log, sys.stdout.buffer, lines, follow=follow)
    elif follow:
        follow_both(connection, execution_id, lines)
    else:
        _print(connection, execution_id, "stdout", sys.stdout.buffer, lines)
        _print(connection, execution_id, "stderr", sys.stderr.buffer, lines)


def _print(
    connection: Connection, execution_id: int, log: str, to: BinaryIO, lines: int | None, *, follow: bool = False
) -> None:
    if follow:
        follow_log(connection, execution_id, log, to, lines)
        return
    with connection.stream(f"executions/{execution_id}/logs/{log}", tail=lines) as response:
        for chunk in response.iter_bytes():
            to.write(chunk)
    to.flush()
