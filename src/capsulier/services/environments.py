"""Python environments: which one an execution runs in, and the step that makes it where it is not there yet."""

import hashlib
import json
import os
import shlex
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from uv import find_uv_bin

import capsulier.capsules.make_environment as making
from capsulier.capsules.rules import EnvironmentRule
from capsulier.config import config
from capsulier.core.errors import MissingTool
from capsulier.core.launch import PlacedFile, Step
from capsulier.packages.requirements import Asked, read_requirements

_SPEC = 1
"""Counted up where the same spec would be made otherwise than before."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A directory that is shared by all that ask for the same interpreter and requirements."""

    directory: Path
    step: Step | None
    """None: it is there."""

    @property
    def commands(self) -> str:
        return f"{self.directory}/env/bin"

    @property
    def variables(self) -> dict[str, str]:
        return {"VIRTUAL_ENV": f"{self.directory}/env"}


def environment_for(rule: EnvironmentRule, python: str, package: PlacedFile | None, asker: str) -> Environment | None:
    """The environment of this interpreter for what the rule and the package ask for; None where that is nothing, and
    the interpreter itself is used. Where it is there no process is started for it: its age is renewed, that is all."""
    asked = read_requirements(Path(package.source), package.name) if package and rule.from_package else None
    if asked is None and not rule.requirements and not rule.scripts:
        return None
    spec = json.dumps(_spec(rule, python, package, asked), sort_keys=True)
    directory = config().environments_dir / hashlib.sha256(spec.encode()).hexdigest()[:32]
    try:
        os.utime(directory / "ready")
    except FileNotFoundError:
        return Environment(directory, _step(directory, spec, asker))
    return Environment(directory, None)


def interpreter_directory(python: str) -> str:
    """A directory with this interpreter as `python`: its own, or one with a link where it has another name there."""
    own = Path(python).parent
    if _are_same(own / "python", Path(python)):
        return str(own)
    links = config().environments_dir / "interpreters" / hashlib.sha256(python.encode()).hexdigest()[:16]
    for name in ("python", "python3"):
        if not (links / name).is_symlink():
            links.mkdir(parents=True, exist_ok=True)
            (links / f"{name}.{os.getpid()}").symlink_to(python)
            (links / f"{name}.{os.getpid()}").replace(links / name)
    return str(links)


def _are_same(one: Path, other: Path) -> bool:
    return one.exists() and one.resolve() == other.resolve()


def _spec(rule: EnvironmentRule, python: str, package: PlacedFile | None, asked: Asked | None) -> dict[str, object]:
    needed = package if package and asked and asked.needs_package else None
    is_wheel = asked is not None and not asked.text
    return {
        "format": _SPEC,
        "python": python,
        "requirements": rule.requirements,
        "file": asked.file if asked and not is_wheel else "",
        "text": asked.text if asked else "",
        "package": {"source": needed.source, "name": needed.name if is_wheel else "a.zip"} if needed else None,
        "scripts": {name: _read_script(path) for name, path in rule.scripts.items()},
    }


@lru_cache(maxsize=100)
def _read_script(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _step(directory: Path, spec: str, asker: str) -> Step:
    try:
        uv = find_uv_bin()
    except FileNotFoundError as error:
        raise MissingTool("uv is not installed with Capsulier: pip install uv.") from error
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = directory / "spec.json"
    if not said.exists():
        draft = said.with_name(f"spec.{os.getpid()}")
        draft.write_text(spec, encoding="utf-8")
        draft.replace(said)
    maker = [sys.executable, "-I", "-S", making.__file__, str(directory), uv, asker]
    return Step("Make the Python environment", shlex.join(maker))
