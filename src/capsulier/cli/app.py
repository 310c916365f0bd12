"""The commands, and how one ends."""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

from capsulier.cli.output import on_one_line, say_aside
from capsulier.core.errors import CapsulierError, InvalidFields

PANELS = {
    "Jobs": {
        "jobs": "listing.jobs",
        "show": "show.show",
        "create": "create.create",
        "copy": "create.copy",
        "set": "settings.change",
        "delete": "trash.delete",
        "restore": "trash.restore",
        "capsules": "listing.capsules",
    },
    "Runs": {
        "run": "run.run",
        "stop": "run.stop",
        "clear-queue": "run.clear_queue",
        "logs": "logs.logs",
        "top": "top.top",
        "executions": "history.executions",
        "fires": "history.fires",
        "preview": "preview.preview",
    },
    "Versions": {
        "upgrade": "upgrade.upgrade",
        "versions": "versions.versions",
        "rollback": "versions.rollback",
        "star": "versions.star",
        "unstar": "versions.unstar",
        "upload": "packages.upload",
        "download": "packages.download",
        "files": "files.files",
    },
    "Administration": {
        "platforms": "platforms.platforms",
        "variables": "variables.variables",
        "audit": "audit.audit",
        "channels": "channels.channels",
        "limits": "limits.limits",
        "engines": "engines.engines",
        "members": "people.members",
        "people": "people.people",
        "token": "tokens.tokens",
    },
    "This command line": {"login": "login.login"},
}
"""Heading of the help → command → what does it in `capsulier.cli.commands`: a function, or a group of them."""

ON_THE_SERVER = "On the server"

Operate = Callable[[str, list[str]], int]


def run(arguments: list[str], operations: Mapping[str, str], operate: Operate) -> int:
    """Run one command; its exit code: 0 done, 1 refused or failed, 2 bad usage, 130 for Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark instead of a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if (bad := next(filter(_is_no_text, arguments), None)) is not None:
        say_aside(f"“{on_one_line(bad)}” is not valid UTF-8.")
        return 2
    try:
        code = _end_of(make_app(arguments[0] if arguments else "", operations, operate), arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough (`capsulier jobs | head`); Python would still complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _is_no_text(argument: str) -> bool:
    """Whether it has bytes in it that no request can carry. The name of a file may."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return not os.path.lexists(argument)
    return False


def make_app(word: str, operations: Mapping[str, str], operate: Operate) -> typer.Typer:
    """The command line with all its commands, or, where `word` is one of them, with that one only: importing and
    building the others would take longer than most commands do."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if sys.stdout.isatty() else None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    commands = {name: (panel, path) for panel, paths in PANELS.items() for name, path in paths.items()}
    for name in [word] if word in commands else commands:
        panel, path = commands[name]
        command = _load(path)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            app.command(name, rich_help_panel=panel)(command)
    for name, words in operations.items() if word not in commands else ():
        _list_operation(app, name, words, operate)
    return app


def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Make, run, schedule and watch the jobs of a Capsulier Manager."""
    # The version has been printed before it came to this: see `capsulier.__main__`.


def _load(path: str) -> Callable[..., Any] | typer.Typer:
    module, _, name = path.partition(".")
    loaded: Callable[..., Any] | typer.Typer = getattr(import_module(f"capsulier.cli.commands.{module}"), name)
    return loaded


def _list_operation(app: typer.Typer, name: str, words: str, operate: Operate) -> None:
    def start(context: typer.Context) -> None:
        raise typer.Exit(operate(name, context.args))

    passed_on = {"ignore_unknown_options": True, "allow_extra_args": True}
    app.command(name, help=words, rich_help_panel=ON_THE_SERVER, add_help_option=False, context_settings=passed_on)(
        start
    )


def _end_of(app: typer.Typer, arguments: list[str]) -> int:
    try:
        app(arguments, prog_name="capsulier")
    except CapsulierError as refused:
        for error in refused.errors if isinstance(refused, InvalidFields) else [refused]:
            say_aside(on_one_line(error.sentence))
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
