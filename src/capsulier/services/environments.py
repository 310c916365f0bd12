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
from capsulier.core.launch import Account, PlacedFile, Step
from capsulier.packages.requirements import Asked, read_requirements

ACCOUNTS = "of"
"""Below it, a directory for each account that jobs run as, by its number: it makes its environments itself, with what
packages bring, and no other account reads them. They have a cache of their own, too."""
SPECS = "specs"
"""What those are to be: written by us, where the account reads and does not write."""
INTERPRETERS = "interpreters"

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


def environment_for(
    rule: EnvironmentRule, python: str, package: PlacedFile | None, asker: str, account: Account | None = None
) -> Environment | None:
    """The environment of this interpreter for what the rule and the package ask for; None where that is nothing, and
    the interpreter itself is used. Where it is there no process is started for it: its age is renewed, that is all."""
    spec = environment_spec(rule, python, package)
    if spec is None:
        return None
    name = hashlib.sha256(spec.encode()).hexdigest()[:32]
    directory = (_of_account(account) if account else config().environments_dir) / name
    try:
        os.utime(directory / "ready", follow_symlinks=False)
    except FileNotFoundError:
        said = _say_to(account, name, spec) if account else _say(directory, spec)
        return Environment(directory, _step(directory, said, package, asker))
    return Environment(directory, None)


def environment_spec(rule: EnvironmentRule, python: str, package: PlacedFile | None) -> str | None:
    """All that an environment is made of, as JSON; None where nothing is asked for."""
    asked = read_requirements(Path(package.source), package.name) if package and rule.from_package else None
    if asked is None and not rule.requirements and not rule.scripts:
        return None
    return json.dumps(_spec(rule, python, package, asked), sort_keys=True)


def interpreter_directory(python: str) -> str:
    """A directory with this interpreter as `python`: its own, or one with a link where it has another name there."""
    own = Path(python).parent
    if _are_same(own / "python", Path(python)):
        return str(own)
    links = config().environments_dir / INTERPRETERS / hashlib.sha256(python.encode()).hexdigest()[:16]
    for name in ("python", "python3"):
        if not (links / name).is_symlink():
            links.mkdir(parents=True, exist_ok=True)
            links.parent.chmod(0o755)
            links.chmod(0o755)
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


def _of_account(account: Account) -> Path:
    directory = config().environments_dir / ACCOUNTS / str(account.uid)
    if not directory.exists():
        directory.parent.mkdir(exist_ok=True)
        directory.parent.chmod(0o711)
        directory.mkdir(mode=0o700, exist_ok=True)
        os.chown(directory, account.uid, account.gid)
    return directory


def _say(directory: Path, spec: str) -> Path:
    """Write down what is to be made in this directory, for whom may come first."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = directory / "spec.json"
    if not said.exists():
        draft = said.with_name(f"spec.{os.getpid()}")
        draft.write_text(spec, encoding="utf-8")
        draft.replace(said)
    return said


def _say_to(account: Account, name: str, spec: str) -> Path:
    """The same for an account. We write nothing below a directory of its own: it could have put a link there."""
    said = config().environments_dir / SPECS / f"{account.uid}.{name}.json"
    if not said.exists():
        said.parent.mkdir(exist_ok=True)
        said.parent.chmod(0o711)
        draft = said.with_name(f"{said.name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(spec, encoding="utf-8")
        os.chown(draft, account.uid, account.gid)
        draft.chmod(0o400)
        draft.replace(said)
    return said


def _step(directory: Path, said: Path, package: PlacedFile | None, asker: str) -> Step:
    try:
        uv = find_uv_bin()
    except FileNotFoundError as error:
        raise MissingTool("uv is not installed with Capsulier: pip install uv.") from error
    maker = [sys.executable, "-I", "-S", making.__file__, str(directory), str(said), package.name if package else ""]
    return Step("Make the Python environment", shlex.join([*maker, uv, asker]))
