"""The parts of a capsule's file: what each word in it means. `docs/capsules.md` explains them to people."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from capsulier.capsules.templates import checked


def _is_pattern(text: str) -> str:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from error
    if "version" not in pattern.groupindex:
        raise ValueError("it needs a group (?P<version>…)")
    return text


def _is_ending(text: str) -> str:
    if not text.startswith("."):
        raise ValueError(f"an ending begins with a dot: “.{text}”")
    return text


Ending = Annotated[str, AfterValidator(_is_ending)]
Search = Annotated[str, AfterValidator(checked("server_python"))]
"""A name on PATH or an absolute path; `*` stands for anything, `~` and `$NAME` for what a shell makes of them, and
`{server_python}` for the directory of the interpreter that runs Capsulier."""
OfProgram = Annotated[str, AfterValidator(checked("executable", "directory", "home", "name", "version"))]
"""Said of a program that was found: its path, its directory, the one above that with links followed, its name."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackageRule(Part):
    """Which files one may upload. No endings: any file."""

    accepts: tuple[Ending, ...] = ()
    required: bool = False
    unpack: tuple[Ending, ...] = ()
    """Archives with these endings are unpacked into the working directory, beside the archive itself."""
    file: tuple[str, ...] = ()
    """What `{file}` is in an archive that is unpacked: the first of these patterns that a file matches chooses it."""
    enter: str = ""
    """The command runs in the folder of the archive that has this file."""

    def is_accepted(self, file_name: str) -> bool:
        return not self.accepts or has_ending(file_name, self.accepts)

    def is_unpacked(self, file_name: str) -> bool:
        return has_ending(file_name, self.unpack)


class RuntimeRule(Part):
    """How versions of the technology are found on a machine. One rule may find several."""

    label: str
    find: tuple[Search, ...] = Field(min_length=1)
    """The first that is found is the one recommended, unless its time is over."""
    id: OfProgram = "{version}"
    version: str = ""
    """A command line for `sh -c`, `{executable}` in it, that prints what `pattern` reads. Empty: none is asked for."""
    pattern: Annotated[str, AfterValidator(_is_pattern)] = r"(?P<version>\d+(\.\d+)*)"
    """A group `executable` beside the version says where the program really is."""
    deprecated: Mapping[str, date] = {}
    """Those that one should no longer choose, and since when: id → day."""
    path: tuple[OfProgram, ...] = ("{directory}",)
    """Directories put before PATH."""
    variables: Mapping[str, OfProgram] = {}
    install: str = Field(min_length=1)
    """A sentence: what is missing and what to install, where none is found."""


class Need(Part):
    """A program that must be on the machine."""

    find: tuple[Search, ...] = Field(min_length=1)
    """Any of these will do."""
    install: str = Field(min_length=1)
    """A sentence: what is missing and what to install."""


class StepRule(Part):
    """A preparation step. Its output is in the setup log; where it fails, so has the execution (reason: setup)."""

    label: str
    command: str


class EnvironmentRule(Part):
    """A Python environment, made once and shared by all executions that ask for the same."""

    requirements: tuple[str, ...] = ()
    from_package: bool = False
    """What a `requirements.txt` or `pyproject.toml` in a zip asks for is installed, too, and a wheel itself."""
    scripts: Mapping[str, str] = {}
    """Commands that the environment gets: name → a Python file beside the capsule's file."""


class Resources(Part):
    """What a new job's limits begin with."""

    timeout_s: int | None = Field(default=None, ge=1)
    memory_mb: int | None = Field(default=None, ge=1)
    cpus: float | None = Field(default=None, gt=0)


def has_ending(file_name: str, endings: tuple[str, ...]) -> bool:
    """Upper and lower case are the same."""
    return file_name.lower().endswith(tuple(ending.lower() for ending in endings))
