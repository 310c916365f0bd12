"""The limits of a platform on the wire."""

from dataclasses import asdict

from pydantic import ConfigDict

from capsulier.api.v2.shapes.shape import Shape, without_defaults
from capsulier.services.disk import look_at_disk
from capsulier.services.edit_limits import limits_of
from capsulier.store.models import Platform


class _Kept(Shape):
    keep_days: int | None = None
    """How long executions that have ended are kept, where their job does not say otherwise; null is for ever."""
    keep_executions: int | None = None
    """How many of each job."""
    keep_log_days: int | None = None
    """How long their logs, and with them all their files."""
    keep_mb: int | None = None
    """How much the files of each job may take; the oldest go first."""
    keep_work_days: int | None = None
    """How long their working directories."""


class LimitsOut(_Kept):
    platform: str
    max_running: int
    """Executions at once over all its jobs."""
    max_log_mb: int | None
    """Of stdout and stderr of an execution together; null as the installation says."""
    min_free_mb: int | None
    """With less free on the disk of the data directory, executions wait; null as the installation says."""
    free_mb: int
    """What is free on it now."""

    @classmethod
    def of(cls, row: Platform) -> "LimitsOut":
        free_mb = look_at_disk().free_bytes // 1_000_000
        return cls(platform=row.name, free_mb=free_mb, **asdict(limits_of(row)))


class LimitsPatch(_Kept):
    """Only what is given changes."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    max_running: int = 0
    max_log_mb: int | None = None
    min_free_mb: int | None = None
