"""What launchers and the web process tell each other."""

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from capsulier.api.v2.shapes.shape import Shape
from capsulier.core.errors import Invalid
from capsulier.engines.launcher.desk import Beat, Report

_STREAMS = ("setup", "stdout", "stderr")
_BIG = 2**63 - 1
Number = Annotated[int, Field(ge=0, le=_BIG)]
Word = Annotated[str, Field(max_length=255)]


class ClaimIn(Shape):
    claimant: Annotated[str, Field(min_length=16, max_length=64)]
    """A word that the launcher has made up for itself."""
    node: Word = ""
    job: Word = ""
    """The scheduler's own number for it."""


class FileToPlace(Shape):
    name: str
    sha256: str
    size_bytes: int


class StepToRun(Shape):
    label: str
    command: str


class LimitsToHold(Shape):
    timeout_s: float | None
    memory_bytes: int | None
    cpus: float | None
    log_bytes: int | None
    grace_s: float


class ToRun(Shape):
    """All that a launcher needs."""

    name: str
    execution_id: int
    placement: int
    command: str
    environment: dict[str, str]
    files: list[FileToPlace]
    steps: list[StepToRun]
    limits: LimitsToHold
    inherits: list[str]
    """Variables that the node's own environment gives, where `environment` has none of that name."""
    tools: dict[str, str]
    """Programs that steps run, by their path below `$CAPSULIER_TOOLS`: their text."""
    keep_bytes: int
    """So much of the files that the command makes is taken."""


class ReportIn(Shape):
    """How it ended."""

    exit_code: Annotated[int, Field(ge=0, le=255)] | None
    why: Literal["", "stop", "engine", "setup", "timeout", "out_of_memory", "log_limit"]
    detail: Annotated[str, Field(max_length=4000)]
    started_us: Number | None
    ended_us: Number
    cpu_us: Number | None
    peak_bytes: Number | None
    sizes: dict[Literal["setup", "stdout", "stderr"], Number]


class BeatHead(Shape):
    """The first line of a beat."""

    logs: dict[Literal["setup", "stdout", "stderr"], tuple[Number, Number, Number]] = {}
    """By stream: how often the program has truncated it, the offset, and how many bytes follow of it."""
    times: Annotated[list[tuple[Number, Number, Number]], Field(max_length=10_000)] = []
    """Moments, and the sizes of stdout and stderr then."""
    started_us: Number | None = None
    progress: Annotated[str, Field(max_length=64_000)] | None = None
    end: ReportIn | None = None


class BeatAnswer(Shape):
    sizes: dict[str, int]
    """How much of each log the Manager has."""
    stop: Literal["", "term", "kill"]
    """Whether somebody wants it stopped."""
    ended: bool
    """The end was taken, with all of the logs: there is no more to tell."""


def read_beat(body: bytes) -> Beat:
    """Raises Invalid where it cannot be understood."""
    line, _, rest = body.partition(b"\n")
    try:
        head = BeatHead.model_validate(json.loads(line))
    except (ValueError, RecursionError, ValidationError) as error:
        raise Invalid("The first line of a beat is a JSON object with `logs`, `times`, `started_us`, `end`.") from error
    if sum(length for _, _, length in head.logs.values()) != len(rest):
        raise Invalid("The beat has other bytes than its first line says.")
    logs: dict[str, tuple[int, int, bytes]] = {}
    start = 0
    for stream in _STREAMS:
        if stream in head.logs:
            restarts, offset, length = head.logs[stream]
            logs[stream] = (restarts, offset, rest[start : start + length])
            start += length
    end = Report(**head.end.model_dump()) if head.end else None
    return Beat(logs, list(head.times), head.started_us, head.progress, end)
