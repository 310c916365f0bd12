"""Changing what is not part of a version."""

import os
from typing import Annotated, Any

import typer

from capsulier.cli.bodies import given, kept_body, settings_body
from capsulier.cli.connection import Connection, connect
from capsulier.cli.machine_zone import machine_zone
from capsulier.cli.named_channel import channel_ids
from capsulier.cli.named_job import find_job
from capsulier.cli.options import (
    AlertChannel,
    AlertEmail,
    AlertFailures,
    AlertLate,
    AlertOn,
    AlertWaiting,
    CatchUp,
    Cron,
    Description,
    JobName,
    Json,
    KeepDays,
    KeepExecutions,
    KeepLogDays,
    KeepMb,
    KeepWorkDays,
    MaxRunning,
    Overlap,
    Retries,
    RetryCap,
    RetryDelay,
    RetryGrowth,
    Schedule,
    Timezone,
    Until,
    WarnAfter,
)
from capsulier.cli.output import print_json, say
from capsulier.cli.refusals import Unclear
from capsulier.cli.standing import exact_and_distance


def change(
    job: JobName,
    *,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    description: Description = None,
    schedule: Schedule = None,
    cron: Cron = None,
    timezone: Timezone = None,
    until: Until = None,
    no_schedule: Annotated[bool, typer.Option("--no-schedule", help="Take the schedule away.")] = False,
    pause: Annotated[
        bool | None, typer.Option("--pause/--resume", help="Let the schedule rest, or go on again.")
    ] = None,
    missed: Annotated[
        str | None,
        typer.Option(help="With --resume: run none, the latest or all of what was due. Default: as --catch-up says."),
    ] = None,
    retries: Retries = None,
    retry_delay: RetryDelay = None,
    retry_growth: RetryGrowth = None,
    retry_cap: RetryCap = None,
    overlap: Overlap = None,
    catch_up: CatchUp = None,
    alert_email: AlertEmail = None,
    alert_on: AlertOn = None,
    alert_channel: AlertChannel = None,
    alert_failures: AlertFailures = None,
    alert_late: AlertLate = None,
    alert_waiting: AlertWaiting = None,
    warn_after: WarnAfter = None,
    max_running: MaxRunning = None,
    keep_days: KeepDays = None,
    keep_executions: KeepExecutions = None,
    keep_log_days: KeepLogDays = None,
    keep_mb: KeepMb = None,
    keep_work_days: KeepWorkDays = None,
    as_json: Json = False,
) -> None:
    """Change a job's name, settings or schedule. What is not given stays as it is."""
    if [schedule is not None, cron is not None, no_schedule].count(True) > 1:
        raise typer.BadParameter("Give one of --schedule, --cron and --no-schedule.")
    body = given(name=name) | settings_body(
        description=description,
        retries=retries,
        retry_delay=retry_delay,
        retry_growth=retry_growth,
        retry_cap=retry_cap,
        overlap=overlap,
        catch_up=catch_up,
        alert_email=alert_email,
        alert_on=alert_on,
        alert_failures=alert_failures,
        alert_late=alert_late,
        alert_waiting=alert_waiting,
        warn_after=warn_after,
        max_running=max_running,
    )
    body |= kept_body(
        keep_days=keep_days,
        keep_executions=keep_executions,
        keep_log_days=keep_log_days,
        keep_mb=keep_mb,
        keep_work_days=keep_work_days,
    )
    connection = connect()
    found = find_job(connection, job)
    body |= given(alert_channels=channel_ids(connection, alert_channel, found["platform"]))
    path = f"jobs/{found['id']}"
    if no_schedule:
        body["schedule"] = None
    elif schedule or cron or timezone or until is not None:
        body["schedule"] = _schedule(found, schedule, cron, timezone, until)
    if not body and pause is None:
        raise typer.BadParameter("Say what to change; --help lists what can be.")
    if body:
        found = connection.send("PATCH", path, body)
    if pause is not None:
        found = _rest(connection, path, pause, missed)
    if as_json:
        print_json(found)
        return
    say(f"Changed “{found['name']}”.")
    if found["next_fire_at"]:
        say(f"It runs next {exact_and_distance(found['next_fire_at'])}.")


def _schedule(
    job: dict[str, Any], repeat: str | None, cron: str | None, timezone: str | None, until: str | None
) -> dict[str, Any]:
    """The new one in full: what was not given is that of the current one, if there is one."""
    current = job["schedule"] or {}
    if not (repeat or cron or current):
        raise Unclear(f"“{job['name']}” has no schedule yet. Give --schedule or --cron.")
    when = {"repeat": repeat, "cron": cron} if repeat or cron else {name: current[name] for name in ("repeat", "cron")}
    return when | {
        "timezone": timezone or current.get("timezone") or machine_zone(os.environ),
        "until": current.get("until") if until is None else until or None,
        "paused": current.get("paused", False),
    }


def _rest(connection: Connection, path: str, pause: bool, missed: str | None) -> Any:
    if pause:
        return connection.send("POST", f"{path}/schedule/pause")
    return connection.send("POST", f"{path}/schedule/resume", given(catch_up=missed))
