"""What shaped an execution, kept with it so that a later failure can be compared with the last success."""

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
