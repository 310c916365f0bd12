"""Where the files of an execution are."""

from pathlib import Path

from capsulier.config import config
from capsulier.engines.local.paths import placement_directory


def execution_directory(execution_id: int, placement: int) -> Path:
    """The directory with the logs and the working directory of this placement, whether it is still there or not."""
    return placement_directory(config().executions_dir, execution_id, placement)


def execution_directories(execution_id: int, last_placement: int) -> list[Path]:
    """Those of all its placements."""
    return [execution_directory(execution_id, placement) for placement in range(1, last_placement + 1)]
