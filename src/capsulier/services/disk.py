"""How the disk of the data directory stands."""

import shutil

from capsulier.config import config
from capsulier.core.disk import Disk


def look_at_disk() -> Disk:
    """As it is now, in some 20 µs."""
    return Disk(shutil.disk_usage(config().executions_dir).free, config().min_free_bytes)
