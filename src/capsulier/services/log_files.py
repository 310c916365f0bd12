"""Where the logs of an execution are."""

from pathlib import Path

from capsulier.config import config
from capsulier.engines.local.paths import placement_directory
from capsulier.store.models import Execution


def log_directory(execution: Execution) -> Path:
    """The directory of its placement, with the files of `logs.files.LogName`. It is not there before the execution was
    placed, nor when its logs are no longer kept."""
    return placement_directory(config().executions_dir, execution.id, execution.placement)
