"""Running and stopping."""

import os
import sys
from typing import Annotated, Any

import typer

from capsulier.cli.connection import connect
from capsulier.cli.following import follow_both, wait_for_end
from capsulier.cli.named_execution import find_execution
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json
from capsulier.cli.output import print_json, printable, say, say_aside
from capsulier.cli.standing import execution_state, took
from capsulier.core.states import State

_INTERRUPTED = 130


def run(
    job: JobName,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Show both logs as they are written; end with the job's exit code.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait for the end; end with the job's exit code.")] = False,
    variables: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="A variable for this run; may be repeated.")
    ] = None,
    secrets: Annotated[
        list[str] | None,
        typer.Option(
            "--secret-var",
            metavar="NAME",
            help="A secret for this run: its value is that in your environment, or asked for.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a job now."""
    if follow and as_json:
        raise typer.BadParameter("--follow prints the logs, so --json has no place. Take --wait --json.")
    connection = connect()
    found = find_job(connection, job)
    body = {"variables": _pairs(variables or []), "secrets": _secrets(secrets or [])}
    execution = connection.send("POST", f"jobs/{found['id']}/run", body)
    what = f"Execution {execution['number']} of “{found['name']}”"
    if not (follow or wait):
        print_json(execution) if as_json else say(f"{what} is {execution['state']}.")
        return
    try:
        ended = (follow_both if follow else wait_for_end)(connection, execution["id"])
    except KeyboardInterrupt:
        say_aside(
            f"{what} goes on. `capsulier logs {found['id']} -f` follows it, `capsulier stop {found['id']}` ends it."
        )
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print_json(ended)
    elif not follow or ended["state"] != State.SUCCESS:
        (say_aside if follow else say)(f"{what}: {execution_state(ended).text}, {took(ended)}".rstrip(", "))
    raise typer.Exit(exit_code(ended))


def stop(
    job: JobName,
    number: Annotated[
        int | None, typer.Option("--execution", metavar="NUMBER", min=1, help="Only this one. Default: all of the job.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Kill at once, without the time to end in order.")] = False,
    as_json: Json = False,
) -> None:
    """Stop what a job has running or waiting."""
    connection = connect()
    found = find_job(connection, job)
    if number is None:
        answer = connection.send("POST", f"jobs/{found['id']}/stop", {"force": force})
        what = f"“{found['name']}”"
    else:
        execution = find_execution(connection, found, number)
        answer = connection.send("POST", f"executions/{execution['id']}/stop", {"force": force})
        what = f"Execution {number} of “{found['name']}”"
    print_json(answer) if as_json else say(f"{what} is being stopped.")


def clear_queue(
    job: JobName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Kill what waits in a job's queue. What is running goes on."""
    connection = connect()
    found = find_job(connection, job)
    queued = connection.get(f"jobs/{found['id']}")["queued"]
    if queued and not yes and sys.stdin.isatty():
        typer.confirm(printable(f"Kill the {queued:,} of “{found['name']}” that wait in the queue?"), abort=True)
    answer = connection.send("DELETE", f"jobs/{found['id']}/queue")
    print_json(answer) if as_json else say(f"Killed {len(answer['ended']):,} of “{found['name']}” in the queue.")


def exit_code(ended: dict[str, Any]) -> int:
    """The program's own; 1 where it has none to tell, or a killed one ended well."""
    if ended["state"] == State.SUCCESS:
        return 0
    return ended["exit_code"] or 1


def _secrets(names: list[str]) -> dict[str, str]:
    """No value is an argument: others on the machine could read it in the list of processes."""
    for each in names:
        if "=" in each:
            raise typer.BadParameter("Give only the name: the value is taken from your environment, or asked for.")
    return {each: os.environ.get(each) or str(typer.prompt(each, hide_input=True)) for each in names}


def _pairs(variables: list[str]) -> dict[str, str]:
    for each in variables:
        if "=" not in each:
            raise typer.BadParameter(f"“{each}” is not NAME=VALUE.", param_hint="--var")
    return dict(each.split("=", 1) for each in variables)
