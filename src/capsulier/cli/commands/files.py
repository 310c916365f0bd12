"""Files: those in a version's package, and those that an execution has in its working directory."""

import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_execution import find_execution
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json
from capsulier.cli.output import print_json, print_table, say, say_aside
from capsulier.cli.refusals import Unclear
from capsulier.cli.saving import save
from capsulier.core.wording import size_in_words


def files(
    job: JobName,
    path: Annotated[
        str | None, typer.Argument(metavar="PATH", help="Print this one, byte for byte, instead of the list.")
    ] = None,
    *,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", metavar="VERSION", min=1, help="Of the package of this version. Default: the current one."
        ),
    ] = None,
    execution: Annotated[
        int | None,
        typer.Option("--execution", metavar="NUMBER", min=1, help="Of what this execution has and has made."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Write over a file that exists.")] = False,
    as_json: Json = False,
) -> None:
    """List the files in the package of a version, or those of an execution; print or save one of them."""
    if version is not None and execution is not None:
        raise Unclear("Files are those of a version or those of an execution: leave --version or --execution out.")
    if output is not None and path is None:
        raise Unclear("Say which file to save: capsulier files JOB PATH --output FILE.")
    connection = connect()
    found = find_job(connection, job)
    if execution is not None:
        where = f"executions/{find_execution(connection, found, execution)['id']}/files"
    else:
        where = f"jobs/{found['id']}/versions/{version or found['current_version']}/files"
    if path is None:
        answer = connection.get(where)
        if as_json:
            print_json(answer["items"])
            return
        rows = ((each["path"], size_in_words(each["size_bytes"])) for each in answer["items"])
        print_table(("File", ">Size"), rows, empty="There are no files.")
        if answer["is_cut"]:
            say_aside(f"Only the first {len(answer['items']):,} are listed.")
    elif output is not None:
        save(connection, f"{where}/{quote(path)}", output, force=force)
        say(f"Saved {output}.")
    else:
        with connection.stream(f"{where}/{quote(path)}") as response:
            for chunk in response.iter_bytes():
                sys.stdout.buffer.write(chunk)
