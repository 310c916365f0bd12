"""What a capsule is: a technology that jobs are made in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from capsulier.capsules.finding import is_found
from capsulier.capsules.kernels import find_kernels
from capsulier.capsules.rules import (
    Ending,
    EnvironmentRule,
    Need,
    PackageRule,
    Part,
    Resources,
    RuntimeRule,
    Search,
    StepRule,
    has_ending,
)
from capsulier.capsules.runtimes import FoundRuntime, choose_runtime, find_runtimes

CATEGORIES: Mapping[str, str] = {"extraction": "Extraction", "processing": "Processing", "smart-apps": "Smart Apps"}
"""The sections of the Manager, in their order: id → label."""

ICONS = tuple(Path(__file__).with_name("icons.txt").read_text().split())
"""Those that a capsule may have: the build draws them, by the names of Tabler's icons."""

Category = Literal["extraction", "processing", "smart-apps"]
Colour = Literal[
    "blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green", "teal", "cyan"
]


class Capsule(Part):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=63)
    label: str = Field(min_length=1, max_length=63)
    icon: str
    """One of `ICONS`."""
    colour: Colour
    """A named colour of the design."""
    categories: tuple[Category, ...] = Field(min_length=1)
    command: str
    """The default command of a new job."""
    commands: Mapping[Ending, str] = {}
    """Other default commands, for packages with these endings."""
    help: str = ""
    result: str = ""
    """The file in the working directory that an execution is about: the pages link to it once it is there."""
    package: PackageRule | None = None
    """None: jobs of this capsule have no package."""
    needs: tuple[Need, ...] = ()
    runtime_rules: tuple[RuntimeRule, ...] = Field(default=(), alias="runtimes")
    kernels: tuple[Search, ...] = ()
    """Data directories of Jupyter: the kernels in them are runtimes, too."""
    environment: EnvironmentRule | None = None
    path: tuple[Search, ...] = ()
    """Directories put before PATH, those of the runtime before them."""
    variables: Mapping[str, str] = {}
    inherit: tuple[str, ...] = ()
    """Variables of the server's own environment that its jobs get, too; `*` stands for anything."""
    settings: Mapping[str, str] = {}
    """Options of the technology: `{settings}` in a step stands for all of them, each one word: `key value`."""
    steps: tuple[StepRule, ...] = ()
    run: str = "{command}"
    """A command line around the job's command: for a technology that runs it elsewhere."""
    resources: Resources = Resources()

    @field_validator("icon")
    @classmethod
    def _is_drawn(cls, icon: str) -> str:
        if icon not in ICONS:
            raise ValueError(f"there is no icon “{icon}”; there are {', '.join(ICONS)}")
        return icon

    def accepts(self, file_name: str) -> bool:
        return self.package is not None and self.package.is_accepted(file_name)

    def command_for(self, file_name: str | None) -> str:
        """The default command for a package of this name."""
        fitting = (command for ending, command in self.commands.items() if has_ending(file_name or "", (ending,)))
        return next(fitting, self.command)

    @property
    def runtimes(self) -> tuple[FoundRuntime, ...]:
        """Those found on this machine, the newest first, then kernels."""
        return find_runtimes(self.runtime_rules) + find_kernels(self.kernels)

    def runtime(self, runtime_id: str) -> FoundRuntime | None:
        """The one of this id on this machine, or the recommended one where it is empty."""
        kernels = find_kernels(self.kernels) if runtime_id else ()
        kernel = next((each for each in kernels if each.id == runtime_id), None)
        return kernel or choose_runtime(self.runtime_rules, runtime_id)

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and this machine lacks: sentences that say what to install."""
        missing = [need.install for need in self.needs if not is_found(need.find)]
        if self.runtime_rules and self.runtime("") is None:
            missing.append(self.runtime_rules[0].install)
        return tuple(missing)
