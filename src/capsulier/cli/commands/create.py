"""New jobs."""

from typing import Annotated

import typer

from capsulier.cli.bodies import given, kept_body, schedule_body, settings_body, version_body
from capsulier.cli.connection import connect
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
    Command,
    Cpus,
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
    MemoryMb,
    Note,
    Overlap,
    PackageFile,
    PackageId,
    Platform,
    Retries,
    RetryCap,
    RetryDelay,
    RetryGrowth,
    Runtime,
    Schedule,
    Timeout,
    Timezone,
    Until,
    WarnAfter,
)
from capsulier.cli.output import print_json, say
from capsulier.cli.standing import exact_and_distance
from capsulier.cli.upload import package_id_of


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The job's name.")],
    *,
    capsule: Annotated[str, typer.Option(help="The capsule to make it in (capsulier capsules).")],
    command: Command = None,
    package: PackageFile = None,
    package_id: PackageId = None,
    runtime: Runtime = None,
    note: Note = None,
    timeout: Timeout = None,
    memory_mb: MemoryMb = None,
    cpus: Cpus = None,
    description: Description = None,
    category: Annotated[str | None, typer.Option(help="The section of the Manager that it stands in.")] = None,
    schedule: Schedule = None,
    cron: Cron = None,
    timezone: Timezone = None,
    until: Until = None,
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
    platform: Platform = "main",
    as_json: Json = False,
) -> None:
    """Create a job, with its first version.

    capsulier create nightly --capsule python --package nightly.zip --command 'python {file} --day today'
    """
    body = given(name=name, capsule=capsule, category=category, platform=platform)
    body |= version_body(command=command, runtime=runtime, note=note, timeout=timeout, memory_mb=memory_mb, cpus=cpus)
    body |= settings_body(
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
    body |= given(schedule=schedule_body(schedule, cron, timezone, until))
    connection = connect()
    body |= given(
        package=package_id_of(connection, package, package_id, platform),
        alert_channels=channel_ids(connection, alert_channel, platform),
    )
    job = connection.send("POST", "jobs", body)
    if as_json:
        print_json(job)
        return
    say(f"Created “{job['name']}”, job {job['id']}.")
    if job["next_fire_at"]:
        say(f"It runs next {exact_and_distance(job['next_fire_at'])}.")


def copy(
    job: JobName,
    name: Annotated[str | None, typer.Option(help="The new job's name. Default: the old one with a number.")] = None,
    as_json: Json = False,
) -> None:
    """Create a job from another: its current version, settings and schedule, not its history."""
    connection = connect()
    made = connection.send("POST", f"jobs/{find_job(connection, job)['id']}/copy", given(name=name))
    if as_json:
        print_json(made)
    else:
        say(f"Created “{made['name']}”, job {made['id']}.")
