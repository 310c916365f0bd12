"""What shaped an execution, kept with it so that a later failure can be compared with the last success."""

from collections.abc import Iterable
from typing import Any

from capsulier.store.models import Version

_FACTS = ("version", "command", "package", "sha256", "runtime", "timeout_s", "memory_mb", "cpus")


def snapshot_of(facts: Any) -> dict[str, Any]:
    """From a row that has them, such as `ledger.queueing.lock_to_run` answers."""
    return {name: getattr(facts, name) for name in _FACTS}


def snapshots(version_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The same for several versions, by id, in one query."""
    columns = ("id", "number", "command", "package__name", "package__sha256", *_FACTS[4:])
    rows = Version.objects.filter(id__in=set(version_ids)).values_list(*columns)
    return {version_id: dict(zip(_FACTS, facts, strict=True)) for version_id, *facts in rows}
