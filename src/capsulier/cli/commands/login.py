"""Remembering a Manager."""

import os
import sys
from typing import Annotated

import typer

from capsulier.cli.connection import Connection
from capsulier.cli.login_file import write_login
from capsulier.cli.output import say, say_aside
from capsulier.cli.server import Server


def login(
    url: Annotated[str, typer.Argument(metavar="URL", help="The Manager's address, such as https://jobs.example.org.")],
    token: Annotated[
        str | None,
        typer.Option(help="Default: asked for, or read from standard input, so that it stays out of the history."),
    ] = None,
) -> None:
    """Keep the address of a Manager and a token, for the commands that follow.

    `capsulier token create --name NAME` on the server prints a token.
    """
    if token is None:
        token = typer.prompt("Token", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    server = Server(url.rstrip("/"), token.strip())
    me = Connection(server).get("me")  # a wrong token is refused here rather than at its first use
    path = write_login(os.environ, server.url, server.token)
    say(f"Logged in to {server.url} as {me['name']}; kept in {path}.")
    for name in ("CAPSULIER_URL", "CAPSULIER_TOKEN", "CAPSULIER_DATA_DIR"):
        if os.environ.get(name):
            say_aside(f"{name} is set and goes before it.")
