"""A `Launch`: all that an engine ever sees of an execution. A service compiles it; engines and launchers execute it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self


def launch_name(execution_id: int, placement: int) -> str:
    """The name of a placement, e.g. `81-1`."""
    return f"{execution_id}-{placement}"


def execution_of(name: str) -> int:
    """The execution that a placement of this name is of."""
    return int(name.partition("-")[0])


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file of the manager that the engine puts into the working directory before anything runs."""

    source: str
    """Path on the manager's machine."""
    name: str
    """Its name in the working directory."""
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Step:
    """A preparation step: a command line run by `sh -c` in the working directory before the command, output to the
    setup log. A step that fails ends the execution: failed, reason setup."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engine enforces. None means no limit."""

    timeout_s: float | None = None
    """Of the command's run time. TERM at that moment, KILL after the grace."""
    memory_bytes: int | None = None
    """Of the whole process tree."""
    cpus: float | None = None
    log_bytes: int | None = None
    """Of stdout and stderr together."""
    grace_s: float = 10.0
    """Between TERM and KILL."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine that an execution runs as, where it is not the one that Capsulier runs as."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    """All of its groups, `gid` among them."""
    home: str
    shell: str


@dataclass(frozen=True, slots=True)
class Launch:
    """One placement of one execution, ready to be run."""

    execution_id: int
    placement: int
    """1, and higher only where an earlier placement was lost before anything ran."""
    command: str
    """Run by `sh -c` in the working directory."""
    environment: dict[str, str]
    """Complete: the engine adds nothing of the server's own environment."""
    files: tuple[PlacedFile, ...] = ()
    steps: tuple[Step, ...] = ()
    limits: Limits = field(default_factory=Limits)
    run_as: Account | None = None
    """Whom the steps and the command run as; None: as Capsulier itself does."""
    options: dict[str, str] = field(default_factory=dict)
    """What the settings ask of the engine, in its own words: a partition, an account."""
    inherits: tuple[str, ...] = ()
    """Variables (or patterns of their names) that come from the node, where `environment` has none of that name."""
    tools: dict[str, str] = field(default_factory=dict)
    """Programs of ours that steps run on a node, by their path there below `$CAPSULIER_TOOLS`: their text."""

    @property
    def name(self) -> str:
        """The name by which an engine finds it again: submitting twice under one name starts once."""
        return launch_name(self.execution_id, self.placement)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            **{
                **data,
                "files": tuple(PlacedFile(**each) for each in data["files"]),
                "steps": tuple(Step(**each) for each in data["steps"]),
                "limits": Limits(**data["limits"]),
                "run_as": _account(data.get("run_as")),
                "inherits": tuple(data.get("inherits", ())),
            }
        )


def _account(data: dict[str, Any] | None) -> Account | None:
    return Account(**{**data, "groups": tuple(data["groups"])}) if data else None
