"""Where the logs of an execution are."""

from pathlib import Path

from capsulier.config import config
from capsulier.engines.local.paths import placement_directory
from capsulier.logs.source import LogDirectory
from capsulier.services.masking import masker_of
from capsulier.store.models import Execution


def logs_of(execution: Execution) -> LogDirectory:
    """In the directory of its placement, which is not there before the execution was placed, nor when its logs are no
    longer kept. Raises SecretUnreadable."""
    return LogDirectory(log_directory(execution), masker_of(execution))


def log_directory(execution: Execution) -> Path:
    return placement_directory(config().executions_dir, execution.id, execution.placement)
