"""A version on the wire."""

from typing import Any

from pydantic import ConfigDict

from capsulier.api.v2.shapes.package import PackageOut
from capsulier.api.v2.shapes.shape import Instant, Shape, without_defaults
from capsulier.services.drafts import VersionDraft
from capsulier.store.models import Version


class VersionOut(Shape):
    number: int
    command: str
    package: PackageOut | None
    runtime: str
    note: str
    timeout_s: int | None
    memory_mb: int | None
    cpus: float | None
    is_major: bool
    is_current: bool
    created_at: Instant
    created_by: str | None

    @classmethod
    def of(cls, row: Version, current_id: int | None) -> "VersionOut":
        """`row` comes with its package and created_by."""
        return cls(
            number=row.number,
            command=row.command,
            package=PackageOut.of(row.package) if row.package else None,
            runtime=row.runtime,
            note=row.note,
            timeout_s=row.timeout_s,
            memory_mb=row.memory_mb,
            cpus=row.cpus,
            is_major=row.is_major,
            is_current=row.pk == current_id,
            created_at=row.created_at,
            created_by=str(row.created_by) if row.created_by else None,
        )


class NewVersion(Shape):
    """What is not given stays as in the current version, but for the release note."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    command: str = ""
    package: int | None = None
    """The id of an uploaded package; null for none."""
    runtime: str = ""
    note: str = ""
    """The release note."""
    timeout_s: int | None = None
    memory_mb: int | None = None
    cpus: float | None = None

    def draft(self, current: Version | None) -> VersionDraft:
        given = self.model_dump(exclude_unset=True)
        return VersionDraft(**(_facts(current) if current else {"command": ""}) | _with_package_id(given))


def _facts(version: Version) -> dict[str, Any]:
    names = ("command", "package_id", "runtime", "timeout_s", "memory_mb", "cpus")
    return {name: getattr(version, name) for name in names}


def _with_package_id(given: dict[str, Any]) -> dict[str, Any]:
    return {"package_id" if name == "package" else name: value for name, value in given.items()}
