"""What a capsule is, and reading one from its file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CATEGORIES: Mapping[str, str] = {"extraction": "Extraction", "processing": "Processing", "smart-apps": "Smart Apps"}
"""The sections of the Manager, in their order: id → label."""

Category = Literal["extraction", "processing", "smart-apps"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackageRule(_Part):
    """Which files one may upload. No suffixes: any file."""

    accepts: tuple[str, ...] = ()
    required: bool = False


class Runtime(_Part):
    """A version of the technology that a job's version chooses."""

    id: str
    label: str
    recommended: bool = False


class Capsule(_Part):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    icon: str
    """A name from the icon sprite."""
    colour: str
    """A named colour of the design: blue, green, orange, …"""
    categories: tuple[Category, ...] = Field(min_length=1)
    command: str
    """The default command of a new job."""
    help: str = ""
    package: PackageRule | None = None
    """None: jobs of this capsule have no package."""
    runtimes: tuple[Runtime, ...] = ()
    path_prepend: tuple[str, ...] = ()
    """Directories put before PATH; `{server_python}` is the directory of the interpreter that runs Capsulier."""

    def accepts(self, file_name: str) -> bool:
        if self.package is None:
            return False
        return not self.package.accepts or file_name.lower().endswith(tuple(self.package.accepts))


class BrokenCapsule(Exception):  # noqa: N818
    """A capsule's file that cannot be used; the others work."""


def read_capsule(path: Path) -> Capsule:
    """Read one file. Raises BrokenCapsule with the file's name and what is wrong where."""
    try:
        return Capsule.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BrokenCapsule(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BrokenCapsule(f"{path.name}: {where}: {first['msg']}") from error
