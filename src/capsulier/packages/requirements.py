"""What Python packages an uploaded package asks for."""

import re
import tomllib
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from capsulier.core.errors import Invalid

_LARGEST_BYTES = 1_000_000
_TO_FILES = re.compile(
    r"^\s*(-r|-c|--requirement|--constraint|\.{0,2}/|\.\s*($|\[|;)|[^#\n]*(file:|@\s*\.{0,2}/)|(?!https?:)\S+\.whl)",
    re.MULTILINE,
)
_EDITABLE = re.compile(r"^\s*(-e|--editable)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be installed for it."""

    file: str = ""
    """The name of the file that says so: requirements.txt, pyproject.toml; the package's own for a wheel."""
    text: str = ""
    needs_package: bool = False
    """The file names others beside it, or is the wheel itself: only this very package can make the environment."""


@lru_cache(maxsize=1000)  # the key is the content: it never changes
def read_requirements(path: Path, name: str) -> Asked | None:
    """What the stored package of this name asks for; None: nothing. A requirements.txt goes before a pyproject.toml.
    Raises Invalid where it cannot be had."""
    if name.lower().endswith(".whl"):
        return Asked(file=name, needs_package=True)
    if not name.lower().endswith(".zip"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            there = archive.NameToInfo
            file = next((each for each in ("requirements.txt", "pyproject.toml") if each in there), None)
            if file is None:
                return None
            if there[file].file_size > _LARGEST_BYTES:
                raise Invalid(f"The {file} in {name} is larger than {_LARGEST_BYTES:,} bytes.", field="package")
            text = archive.read(file).decode("utf-8-sig")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Invalid(f"{name} is no zip that can be read: {error}.", field="package") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"The {file} in {name} is not in UTF-8.", field="package") from error
    return _of_requirements(text, name) if file == "requirements.txt" else _of_project(text, name)


def _of_requirements(text: str, name: str) -> Asked | None:
    if _EDITABLE.search(text):
        sentence = f"The requirements.txt in {name} installs with -e: a package cannot be edited. Leave the -e out."
        raise Invalid(sentence, field="package")
    lines = [line.strip() for line in text.splitlines()]
    asked = "\n".join(line for line in lines if line and not line.startswith("#"))
    return Asked("requirements.txt", asked, needs_package=_TO_FILES.search(asked) is not None) if asked else None


def _of_project(text: str, name: str) -> Asked | None:
    """Its dependencies; the project itself is run as it stands in the zip."""
    try:
        project = tomllib.loads(text).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The pyproject.toml in {name} cannot be read: {error}.", field="package") from error
    if "dependencies" in project.get("dynamic", ()):
        raise Invalid(
            f"The pyproject.toml in {name} leaves its dependencies open. List them, or add a requirements.txt.",
            field="package",
        )
    return Asked("pyproject.toml", text) if project.get("dependencies") else None
