"""When a schedule would fire."""

from typing import Annotated

import typer

from capsulier.cli.bodies import given, schedule_body
from capsulier.cli.connection import connect
from capsulier.cli.options import Cron, Json, Schedule, Timezone, Until
from capsulier.cli.output import print_json, print_table, say


def preview(
    *,
    schedule: Schedule = None,
    cron: Cron = None,
    timezone: Timezone = None,
    until: Until = None,
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="How many runs to show.")] = None,
    as_json: Json = False,
) -> None:
    """Show when a schedule would run, before a job has it."""
    body = schedule_body(schedule, cron, timezone, until)
    if body is None:
        raise typer.BadParameter("Give --schedule or --cron.")
    answer = connect().send("POST", "schedules/preview", body | given(count=count))
    if as_json:
        print_json(answer)
        return
    say(answer["words"])
    print_table(
        ("Run", ""),
        ((fire["local"].replace("T", " "), fire["note"] or "") for fire in answer["fires"]),
        empty="It would not run any more.",
    )
