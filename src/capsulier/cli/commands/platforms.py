"""Platforms: what there are, new ones, their names and limits."""

from typing import Annotated, Any, TypeAlias

import typer

from capsulier.cli.bodies import given
from capsulier.cli.connection import connect
from capsulier.cli.options import Json
from capsulier.cli.output import print_json, print_table, say

Name: TypeAlias = Annotated[str, typer.Argument(metavar="PLATFORM", help="The platform's name.")]
Label: TypeAlias = Annotated[str | None, typer.Option(help="How people see it.")]
MaxRunning: TypeAlias = Annotated[int | None, typer.Option(min=1, help="Executions at once over all its jobs.")]
RunAs: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ACCOUNT", help="The account of the machine that its jobs run as. Empty: as Capsulier does."),
]

platforms = typer.Typer(help="List platforms; make, change, archive and restore one.", invoke_without_command=True)


@platforms.callback()
def list_all(
    context: typer.Context,
    archived: Annotated[bool, typer.Option("--archived", help="Those that are archived.")] = False,
    as_json: Json = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    rows = list(connect().items("platforms", archived=archived or None))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Platform", "Label", "Your role", ">At once", "Runs as"),
        ((row["name"], row["label"], row["role"], str(row["max_running"]), row["run_as"]) for row in rows),
        empty="No platform is archived." if archived else "You are a member of no platform.",
    )


@platforms.command()
def create(
    name: Name, *, label: Label = None, max_running: MaxRunning = None, run_as: RunAs = None, as_json: Json = False
) -> None:
    """Make an empty platform."""
    body = {"name": name} | given(label=label, max_running=max_running, run_as=run_as)
    _say(connect().send("POST", "platforms", body), "Created", as_json)


@platforms.command("set")
def change(
    name: Name,
    *,
    new_name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    label: Label = None,
    max_running: MaxRunning = None,
    run_as: RunAs = None,
    as_json: Json = False,
) -> None:
    """Change a platform's name, label, limits or account; what is not given stays."""
    body = given(name=new_name, label=label, max_running=max_running, run_as=run_as)
    _say(connect().send("PATCH", f"platforms/{name}", body), "Changed", as_json)


@platforms.command()
def archive(name: Name, as_json: Json = False) -> None:
    """Put a platform to rest: what it has running is stopped, and its members do not see it."""
    _say(connect().send("POST", f"platforms/{name}/archive"), "Archived", as_json)


@platforms.command()
def restore(name: Name, as_json: Json = False) -> None:
    """Let an archived platform go on."""
    _say(connect().send("POST", f"platforms/{name}/restore"), "Restored", as_json)


def _say(platform: dict[str, Any], done: str, as_json: bool) -> None:
    print_json(platform) if as_json else say(f"{done} platform “{platform['name']}”.")
