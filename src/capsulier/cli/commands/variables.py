"""Variables and secrets: what there are, set and unset. A secret's value is no argument: others on the machine could
read it in the list of processes."""

import sys
from pathlib import Path
from typing import Annotated, NamedTuple, TypeAlias
from urllib.parse import quote

import typer

from capsulier.cli.bodies import given
from capsulier.cli.connection import Connection, connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import Json
from capsulier.cli.output import print_json, print_table, say
from capsulier.cli.refusals import NotAFile

Job: TypeAlias = Annotated[
    str | None, typer.Option("--job", metavar="JOB", help="Of this job. Without it: of all jobs of the platform.")
]
Platform: TypeAlias = Annotated[str, typer.Option(envvar="CAPSULIER_PLATFORM", help="The platform.", show_envvar=False)]


class _Place(NamedTuple):
    """Where variables are looked for and set."""

    address: str
    query: str
    words: str

    def of(self, name: str) -> str:
        return f"{self.address}/{quote(name, safe='')}{self.query}"


variables = typer.Typer(help="List, set and unset the variables of a platform or a job.", no_args_is_help=True)


@variables.command("list")
def list_all(job: Job = None, platform: Platform = "main", as_json: Json = False) -> None:
    """List variables; values of secrets are never shown."""
    connection = connect()
    place = _place(connection, job, platform)
    rows = connection.get(place.address + place.query)["items"]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Name", "Value", "Of", "Set by"),
        (
            (
                row["name"],
                "(secret)" if row["secret"] else row["value"],
                "the job" if row["of_job"] else "the platform",
                row["set_by"] or "",
            )
            for row in rows
        ),
        empty="There are no variables. `capsulier variables set NAME` makes one.",
    )


@variables.command("set")
def change(
    name: Annotated[str, typer.Argument(metavar="NAME[=VALUE]", help="Of a secret only its name.")],
    *,
    job: Job = None,
    platform: Platform = "main",
    secret: Annotated[
        bool | None, typer.Option("--secret/--plain", help="Kept sealed, masked in logs, never shown again.")
    ] = None,
    from_file: Annotated[
        str | None, typer.Option("--from-file", metavar="FILE", help="Take the value from a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Set a variable, from the next execution on.

    A value that is not given is asked for, or read from standard input.
    """
    name, equals, value = name.partition("=")
    if equals and secret:
        raise typer.BadParameter("Leave the value of a secret out: it is asked for, or read from standard input.")
    if equals and from_file:
        raise typer.BadParameter("Give the value or --from-file, not both.")
    connection = connect()
    place = _place(connection, job, platform)
    body = given(value=value if equals else _value(from_file), secret=secret)
    row = connection.send("PUT", place.of(name), body)
    print_json(row) if as_json else say(f"Set {row['name']} of {place.words}.")


@variables.command()
def unset(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    job: Job = None,
    platform: Platform = "main",
    as_json: Json = False,
) -> None:
    """Take a variable away, from the next execution on."""
    connection = connect()
    place = _place(connection, job, platform)
    row = connection.send("DELETE", place.of(name))
    print_json(row) if as_json else say(f"Unset {row['name']} of {place.words}.")


def _place(connection: Connection, job: str | None, platform: str) -> _Place:
    if job is None:
        return _Place("variables", f"?platform={quote(platform, safe='')}", f"platform “{platform}”")
    found = find_job(connection, job)
    return _Place(f"jobs/{found['id']}/variables", "", f"“{found['name']}”")


def _value(from_file: str | None) -> str:
    """Without the line break that files and terminals end in. Raises NotAFile."""
    try:
        if from_file is not None:
            text = Path(from_file).read_text()
        elif sys.stdin.isatty():
            text = str(typer.prompt("Value", hide_input=True))
        else:
            text = sys.stdin.read()
    except OSError as error:
        raise NotAFile(f"{from_file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise NotAFile(f"{from_file or 'Standard input'} is no text: a value is UTF-8.") from error
    return text.removesuffix("\n")
