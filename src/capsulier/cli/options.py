"""Arguments and options that several commands share, as Typer reads them."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

JobName: TypeAlias = Annotated[str, typer.Argument(metavar="JOB", help="Its name, its id, or PLATFORM/NAME.")]
VersionNumber: TypeAlias = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="The version's number.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, as the API answers it.")]
Platform: TypeAlias = Annotated[
    str, typer.Option(envvar="CAPSULIER_PLATFORM", help="The platform that the job is in.", show_envvar=False)
]

# A version.
Command: TypeAlias = Annotated[
    str | None,
    typer.Option("--command", "-c", help="The command line; {file} stands for the package. Default: the capsule's."),
]
PackageFile: TypeAlias = Annotated[
    Path | None, typer.Option("--package", "-p", metavar="FILE", help="A file to upload as the version's package.")
]
PackageId: TypeAlias = Annotated[
    int | None, typer.Option(metavar="ID", help="A package uploaded before (capsulier upload).")
]
Runtime: TypeAlias = Annotated[str | None, typer.Option(help="A runtime of the capsule (capsulier capsules).")]
Note: TypeAlias = Annotated[str | None, typer.Option(help="The release note.")]
Timeout: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="End a run that takes longer, such as PT1H. 0: never.")
]
MemoryMb: TypeAlias = Annotated[
    int | None, typer.Option(min=0, metavar="MB", help="End a run that needs more memory. 0: no limit.")
]
Cpus: TypeAlias = Annotated[float | None, typer.Option(min=0, help="Processors that a run may use. 0: no limit.")]

# A schedule.
Schedule: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="REPEAT",
        help="How many times, the first run, the delay: R5/2026-12-01T08:00:00/P1D. R without a number: for ever.",
    ),
]
Cron: TypeAlias = Annotated[str | None, typer.Option(metavar="CRON", help="Five fields, such as '0 8 * * 1-5'.")]
Timezone: TypeAlias = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Such as Europe/Paris. Default: the zone of this machine.")
]
Until: TypeAlias = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="The schedule's end, such as 2026-12-31T23:59:59+01:00.")
]

# Settings.
Description: TypeAlias = Annotated[str | None, typer.Option(help="What the job is for.")]
Retries: TypeAlias = Annotated[int | None, typer.Option(min=0, help="How often a failed run is tried again.")]
RetryDelay: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="How long after the failure, such as PT15M.")
]
RetryGrowth: TypeAlias = Annotated[
    float | None, typer.Option(min=1, metavar="FACTOR", help="Each delay is so many times the one before.")
]
RetryCap: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="A growing delay grows no longer than this. 0: no cap.")
]
Overlap: TypeAlias = Annotated[
    str | None,
    typer.Option(help="When a run is due and the one before has not ended: queue, skip, replace or parallel."),
]
CatchUp: TypeAlias = Annotated[
    str | None, typer.Option(help="What was due while the Manager was down or paused: none, latest or all.")
]
AlertEmail: TypeAlias = Annotated[
    str | None, typer.Option(metavar="ADDRESSES", help="Who gets the alerts; several with commas. Empty: nobody.")
]
AlertOn: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="KINDS",
        help="When: success, failure, kill, retry, end, change, recovery, missed; several with commas.",
    ),
]
AlertChannel: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Channels that get the alerts, too (capsulier channels).")
]
AlertFailures: TypeAlias = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Alert on so many failures in a row. 0: no.")
]
AlertLate: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="Alert when a start is so late, such as PT10M. 0: no.")
]
AlertWaiting: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="Alert on such a wait in the queue, such as PT1H. 0: no.")
]
_KEPT = "N, always or platform"
KeepDays: TypeAlias = Annotated[
    str | None, typer.Option(metavar=_KEPT, help="Days for which executions that have ended are kept.")
]
KeepExecutions: TypeAlias = Annotated[
    str | None, typer.Option(metavar=_KEPT, help="How many executions that have ended are kept.")
]
KeepLogDays: TypeAlias = Annotated[
    str | None, typer.Option(metavar=_KEPT, help="Days for which their logs and files are kept.")
]
KeepMb: TypeAlias = Annotated[
    str | None, typer.Option(metavar=_KEPT, help="Megabytes that their logs and files may take.")
]
KeepWorkDays: TypeAlias = Annotated[
    str | None, typer.Option(metavar=_KEPT, help="Days for which their working directories are kept.")
]
MaxRunning: TypeAlias = Annotated[
    int | None, typer.Option(min=0, help="Runs of this job at once. 0: only the platform's limit.")
]
WarnAfter: TypeAlias = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="Mark a run that takes longer, and alert. 0: do not.")
]
