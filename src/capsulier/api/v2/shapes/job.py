"""A job on the wire."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ConfigDict

from capsulier.api.v2.shapes.execution import ExecutionOut
from capsulier.api.v2.shapes.schedule import ScheduleIn, ScheduleOut
from capsulier.api.v2.shapes.shape import Instant, Shape, instant, without_defaults
from capsulier.api.v2.shapes.version import VersionOut
from capsulier.core.alerts import AlertKind
from capsulier.core.catch_up import CatchUp
from capsulier.core.overlap import Overlap
from capsulier.core.states import State, Status
from capsulier.core.waiting import Waits
from capsulier.services.create_job import JobDraft
from capsulier.services.drafts import SettingsDraft, VersionDraft
from capsulier.store.models import Execution, Job, Schedule


class JobOut(Shape):
    id: int
    platform: str
    name: str
    capsule: str
    category: str
    description: str
    status: Status
    """What it does now; if nothing, `waiting` for its schedule; if that is over, how it last ended, or `never`."""
    last_outcome: State | None
    current_version: int | None
    schedule: ScheduleOut | None
    next_fire_at: Instant | None
    last_execution: ExecutionOut | None
    """The one with the highest number."""
    queued: int
    pending: int
    running: int
    max_running: int | None
    overlap: Overlap
    catch_up: CatchUp
    retries: int
    retry_delay_s: int
    retry_growth: float
    retry_cap_s: int | None
    keep_days: int | None
    keep_executions: int | None
    keep_log_days: int | None
    keep_mb: int | None
    keep_work_days: int | None
    alert_emails: list[str]
    alert_on: list[AlertKind]
    alert_channels: list[int]
    alert_failures: int | None
    alert_late_s: int | None
    alert_waiting_s: int | None
    warn_after_s: int | None
    revision: int
    """Counts edits. It is the ETag, to be sent back as If-Match."""
    created_at: Instant
    created_by: str | None
    deleted_at: Instant | None

    @classmethod
    def of(cls, row: Job, last: Execution | None, schedule: Schedule | None, waits: Mapping[int, Waits]) -> "JobOut":
        """`row` comes with its platform, current version and created_by; `waits` is of `services.waiting`."""
        return cls(**_facts(row, last, schedule, waits))


class JobDetail(JobOut):
    version: VersionOut | None
    """The current one in full."""

    @classmethod
    def of(cls, row: Job, last: Execution | None, schedule: Schedule | None, waits: Mapping[int, Waits]) -> "JobDetail":
        version = row.current_version
        return cls(
            **_facts(row, last, schedule, waits), version=VersionOut.of(version, version.pk) if version else None
        )


class JobPage(Shape):
    items: list[JobOut]
    next: int | None
    """The number of the next page; null on the last."""
    total: int
    """How many match in all."""


class Settings(Shape):
    """What is not part of a version."""

    description: str = ""
    max_running: int | None = None
    """Executions at once; null leaves it to the platform's limit."""
    overlap: Overlap = Overlap.QUEUE
    """What a fire does while the execution before has not ended."""
    catch_up: CatchUp = CatchUp.LATEST
    """What becomes of the instants that were due while the manager was down."""
    retries: int = 0
    retry_delay_s: int = 300
    retry_growth: float = 1.0
    """Each delay is so many times the one before."""
    retry_cap_s: int | None = None
    keep_days: int | None = None
    """How long executions that have ended are kept; of all five, 0 is for ever, null as the platform says."""
    keep_executions: int | None = None
    """How many that have ended are kept. The last success and the last failure always are."""
    keep_log_days: int | None = None
    """How long their logs, and with them all their files."""
    keep_mb: int | None = None
    """How much their files may take; the oldest go first."""
    keep_work_days: int | None = None
    """How long their working directories."""
    alert_emails: list[str] = []
    alert_on: list[AlertKind] = []
    alert_channels: list[int] = []
    """Ids of channels of the platform (`/channels`)."""
    alert_failures: int | None = None
    """So many failures in a row are told, whatever else is."""
    alert_late_s: int | None = None
    """A start that comes so much later than it was due is told."""
    alert_waiting_s: int | None = None
    warn_after_s: int | None = None
    """An execution that runs for longer is marked (`warned_at`), and told to those who hear of alerts."""
    """So long a wait in the queue is told."""


class NewJob(Settings):
    name: str
    capsule: str
    platform: str = "main"
    category: str = ""
    """extraction, processing, smart-apps; empty: the first that the capsule is offered in."""
    command: str | None = None
    """Null: the default of the capsule."""
    package: int | None = None
    """The id of an uploaded package."""
    runtime: str = ""
    note: str = ""
    """The release note of its first version."""
    timeout_s: int | None = None
    memory_mb: int | None = None
    cpus: float | None = None
    schedule: ScheduleIn | None = None

    def draft(self, default_command: str, usual: SettingsDraft) -> JobDraft:
        """`usual` is what the platform's new jobs begin with."""
        given = self.model_dump(mode="json", include=set(Settings.model_fields), exclude_unset=True)
        return JobDraft(
            name=self.name,
            capsule=self.capsule,
            category=self.category,
            version=VersionDraft(
                command=default_command if self.command is None else self.command,
                package_id=self.package,
                runtime=self.runtime,
                note=self.note,
                timeout_s=self.timeout_s,
                memory_mb=self.memory_mb,
                cpus=self.cpus,
            ),
            settings=replace(usual, **given),
            schedule=self.schedule.draft() if self.schedule else None,
        )


class JobPatch(Settings):
    """Only what is given changes."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: str = ""
    schedule: ScheduleIn | None = None
    """Null takes it away."""

    def settings(self) -> dict[str, Any]:
        """Those given, with keys of SettingsDraft."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"name", "schedule"})


class Copy(Shape):
    name: str | None = None
    """Null: the name of the copied one with a number."""


class Stop(Shape):
    force: bool = False
    """Kill at once, without the time to end in order."""


class Stopping(Shape):
    ended: list[int]
    """Executions that were in the queue: killed already."""
    stopping: list[int]
    """Executions that run: they are asked to end."""


class Run(Shape):
    variables: dict[str, str] = {}
    """Environment variables for this run only; they win over those of the job and its platform."""
    secrets: dict[str, str] = {}
    """The same, but kept sealed, and masked in the logs."""


def _facts(row: Job, last: Execution | None, schedule: Schedule | None, waits: Mapping[int, Waits]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "platform": row.platform.name,
        "name": row.name,
        "capsule": row.capsule,
        "category": row.category,
        "description": row.description,
        "status": row.status,
        "last_outcome": row.last_outcome or None,
        "current_version": row.current_version.number if row.current_version else None,
        "schedule": ScheduleOut.of(schedule) if schedule else None,
        "next_fire_at": instant(row.next_fire_us),
        "last_execution": ExecutionOut.of(last, waits.get(last.pk)) if last else None,
        "queued": row.queued,
        "pending": row.pending,
        "running": row.running,
        **SettingsDraft(**{name: getattr(row, name) for name in SettingsDraft().as_dict()}).as_dict(),
        "revision": row.revision,
        "created_at": row.created_at,
        "created_by": str(row.created_by) if row.created_by else None,
        "deleted_at": row.deleted_at,
    }
