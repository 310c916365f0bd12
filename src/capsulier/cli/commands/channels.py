"""Channels: where alerts go beside mail."""

import sys
from typing import Annotated, TypeAlias

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_channel import find_channel
from capsulier.cli.options import Json, Platform
from capsulier.cli.output import print_json, print_table, say
from capsulier.cli.standing import distance

Name: TypeAlias = Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel's name.")]

channels = typer.Typer(
    help="List the channels that alerts go to beside mail; add, test and remove one.", invoke_without_command=True
)


@channels.callback()
def list_all(context: typer.Context, platform: Platform = "main", as_json: Json = False) -> None:
    if context.invoked_subcommand is not None:
        return
    rows = list(connect().items("channels", platform=platform))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Channel", "Kind", ">Waiting", "Last delivered"),
        ((row["name"], row["kind"], str(row["waiting"]), distance(row["last_sent_at"])) for row in rows),
        empty="There are no channels. `capsulier channels add` makes one.",
    )


@channels.command()
def add(
    name: Name,
    *,
    kind: Annotated[str, typer.Option(help="apprise or webhook.")] = "apprise",
    platform: Platform = "main",
    as_json: Json = False,
) -> None:
    """Add a channel. Its address is asked for, or read from standard input: there is a token in it."""
    url = typer.prompt("Address", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    made = connect().send("POST", "channels", {"name": name, "kind": kind, "url": url, "platform": platform})
    if as_json:
        print_json(made)
        return
    say(f"Added the channel “{made['name']}”.")
    if made["secret"]:
        say(f"Its messages are signed with {made['secret']}, which is shown only now.")


@channels.command("test")
def try_out(name: Name, platform: Platform = "main") -> None:
    """Send a test to a channel."""
    connection = connect()
    connection.send("POST", f"channels/{find_channel(connection, name, platform)}/test")
    say(f"A test is on its way to “{name}”.")


@channels.command()
def remove(name: Name, platform: Platform = "main") -> None:
    """Remove a channel; the jobs that named it tell it nothing any more."""
    connection = connect()
    connection.send("DELETE", f"channels/{find_channel(connection, name, platform)}")
    say(f"Removed the channel “{name}”.")
