"""Where a placement's files are. Pure: readers of logs ask here too."""

from pathlib import Path

from capsulier.core.launch import launch_name

STDOUT = "stdout.log"
STDERR = "stderr.log"
SETUP = "setup.log"
"""Only where the launch has steps."""
TIMES = "times"
WORK = "work"

_PER_SHARD = 1000


def placement_directory(root: Path, execution_id: int, placement: int) -> Path:
    """The directory of one placement. A thousand executions share its parent: no directory grows without end."""
    return root / placement_path(execution_id, placement)


def placement_path(execution_id: int, placement: int) -> str:
    """The same below the root."""
    return f"{execution_id // _PER_SHARD}/{launch_name(execution_id, placement)}"


def directory_of(root: Path, name: str) -> Path:
    """The same for the name of a launch, `81-1`."""
    execution_id, _, placement = name.partition("-")
    return placement_directory(root, int(execution_id), int(placement))
