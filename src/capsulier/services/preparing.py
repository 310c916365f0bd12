"""What stands between a package and its command: unpacking it, the environment, the capsule's own steps."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath

import capsulier.packages.unpack as unpacking
from capsulier.capsules.capsule import Capsule
from capsulier.capsules.finding import expand
from capsulier.capsules.rules import PackageRule
from capsulier.capsules.runtimes import FoundRuntime
from capsulier.capsules.templates import fill
from capsulier.core.errors import Invalid
from capsulier.core.launch import Account, PlacedFile, Step
from capsulier.packages.contents import list_contents
from capsulier.packages.requirements import read_requirements
from capsulier.services.environments import environment_for, interpreter_directory


@dataclass(slots=True)
class Prepared:
    """All that a capsule adds to a job's command."""

    file: str | None
    """What `{file}` stands for."""
    folder: str = ""
    """Where in the working directory the command runs; empty: in itself."""
    steps: list[Step] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    """Directories to put before PATH."""
    variables: dict[str, str] = field(default_factory=dict)


def prepare(
    capsule: Capsule, runtime: FoundRuntime | None, package: PlacedFile | None, asker: str, account: Account | None
) -> Prepared:
    """Raises a CapsulierError whose sentence says why it cannot be prepared."""
    prepared = Prepared(package.name if package else None)
    if package and capsule.package and capsule.package.is_unpacked(package.name):
        inside = look_inside(capsule, package.name, Path(package.source))
        prepared.file, prepared.folder = inside.file, inside.folder
        unpack = [sys.executable, "-I", "-S", unpacking.__file__, package.name, "."]
        prepared.steps.append(Step(f"Unpack {package.name}", shlex.join(unpack)))
    if capsule.environment is not None:
        interpreter = capsule.runtime("") if runtime and runtime.is_kernel else runtime
        python = interpreter.executable if interpreter else sys.executable
        environment = environment_for(capsule.environment, python, package, asker, account)
        prepared.path.append(environment.commands if environment else interpreter_directory(python))
        if environment is not None:
            prepared.variables |= environment.variables
            prepared.steps += [environment.step] if environment.step else []
    if runtime is not None:
        prepared.path += runtime.path
        prepared.variables |= runtime.variables
    prepared.path += map(expand, capsule.path)
    prepared.variables |= capsule.variables
    prepared.steps += capsule_steps(capsule, prepared.file)
    return prepared


@dataclass(frozen=True, slots=True)
class Inside:
    """What a capsule has to know of an archive."""

    file: str
    folder: str


def check_contents(capsule: Capsule, name: str, path: Path) -> None:
    """Refuse a stored package with nothing in it that a job of this capsule could run, or with requirements that
    cannot be read. Raises Invalid."""
    look_inside(capsule, name, path)
    if capsule.environment is not None and capsule.environment.from_package:
        read_requirements(path, name)


def look_inside(capsule: Capsule, name: str, path: Path) -> Inside:
    """Which file of an archive that is unpacked its job is about. Raises Invalid where there is none."""
    rule = capsule.package
    if rule is None or not rule.is_unpacked(name):
        return Inside(name, "")
    return _look_inside(path, name, capsule.label, rule)


def capsule_steps(capsule: Capsule, file: str | None) -> list[Step]:
    """The capsule's own; one about settings is left out where there are none."""
    settings = " ".join(shlex.quote(f"{key} {value}") for key, value in capsule.settings.items())
    values = {"settings": settings, "file": shlex.quote(file or "")}
    steps = [step for step in capsule.steps if settings or "{settings}" not in step.command]
    return [Step(step.label, fill(step.command, values)) for step in steps]


@lru_cache(maxsize=1000)  # a stored package never changes
def _listed(path: Path, name: str) -> Sequence[str]:
    contents = list_contents(path, name)
    if contents is None:
        raise Invalid(f"{name} is no archive that can be read.", field="package")
    # What Macs and notebooks leave in archives is not meant.
    parts = {file: PurePosixPath(file).parts for file in contents.files}
    return [
        file for file, names in parts.items() if names and not any(each.startswith((".", "__MACOSX")) for each in names)
    ]


def _look_inside(path: Path, name: str, label: str, rule: PackageRule) -> Inside:
    files = _listed(path, name)
    file = _first_match(files, rule.file) if rule.file else name
    if file is None:
        wanted = " or ".join(rule.file)
        raise Invalid(f"There is no {wanted} in {name}: {label} would not know what to run.", field="package")
    if not rule.enter:
        return Inside(file, "")
    entered = _first_match(files, (rule.enter,))
    if entered is None:
        raise Invalid(f"There is no {rule.enter} in {name}.", field="package")
    folder = str(PurePosixPath(entered).parent)
    return Inside(file, "" if folder == "." else folder)


def _first_match(files: Sequence[str], patterns: Sequence[str]) -> str | None:
    """Of the first pattern that any file matches, the file nearest to the top; then by name."""
    for pattern in patterns:
        matching = [file for file in files if fnmatchcase(PurePosixPath(file).name, pattern)]
        if matching:
            return min(matching, key=lambda file: (file.count("/"), file))
    return None


def variables_of_server(patterns: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if any(fnmatchcase(name, each) for each in patterns)}
