"""The names of the files in an execution's directory."""

from enum import StrEnum
from pathlib import Path


class LogName(StrEnum):
    """The three logs of an execution, in the order in which they are read where no times are known."""

    SETUP = "setup"
    STDOUT = "stdout"
    STDERR = "stderr"

    @property
    def file_name(self) -> str:
        return f"{self}.log"

    def in_directory(self, directory: Path) -> Path:
        return directory / self.file_name


TIMES_NAME = "times"
"""When both streams had which size: see `times`."""


def index_path(log: Path) -> Path:
    """Where the line index of a log lies: `stdout.idx` beside `stdout.log` or `stdout.log.gz`. It may be deleted at any
    time."""
    return log.with_suffix(".idx")
