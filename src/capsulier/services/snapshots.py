"""What shaped an execution, kept with it so that a later failure can be compared with the last success."""

from collections.abc import Iterable
from typing import Any

from capsulier.store.models import Version


def snapshot_of(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "command": version.command,
        "package": version.package.name if version.package else None,
        "sha256": version.package.sha256 if version.package else None,
        "runtime": version.runtime,
        "timeout_s": version.timeout_s,
        "memory_mb": version.memory_mb,
        "cpus": version.cpus,
    }


def snapshots(version_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The same for several versions, by id, in one query."""
    versions = Version.objects.filter(id__in=set(version_ids)).select_related("package")
    return {version.pk: snapshot_of(version) for version in versions}
