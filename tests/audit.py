"""`make audit`: is a known hole in one of the dependencies? Asked are OSV, by uv, and npm's registry.

Without the network, or where a mirror does not answer such questions, a line says so and nothing fails: then the next
check that can ask will tell.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PATIENCE_S = 60
_FOUND_BY_UV = 1
"""Its exit code; another one above 0 says that it could not ask."""


def main() -> int:
    found = [name for name, ask in (("Python", ask_uv), ("npm", ask_npm)) if ask(name)]
    return 1 if found else 0


def ask_uv(name: str) -> bool:
    """Whether there is one in what `requirements/run.txt` pins. uv asks of a project: this makes one of it."""
    uv = shutil.which("uv") or "uv"
    with tempfile.TemporaryDirectory() as directory:
        for command in (
            [uv, "init", "--bare", "--no-workspace", "--name", "audited"],
            [uv, "add", "--no-sync", "--quiet", "--requirements", str(ROOT / "requirements" / "run.txt")],
        ):
            if (made := _run(command, directory)) is None or made.returncode:
                return _not_asked(name, made)
        asked = _run([uv, "audit", "--frozen", "--preview-features", "audit-command"], directory)
    if asked is None or asked.returncode > _FOUND_BY_UV:
        return _not_asked(name, asked)
    print(asked.stdout.strip() or f"{name}: nothing is known.")
    return asked.returncode == _FOUND_BY_UV


def ask_npm(name: str) -> bool:
    """Whether there is a grave one in what the front end is built of. npm exits with 1 for both, so its words tell."""
    npm = shutil.which("npm") or "npm"
    asked = _run([npm, "audit", "--audit-level=high"], str(ROOT / "frontend"))
    if asked is None or "audit endpoint returned an error" in asked.stderr or "npm error network" in asked.stderr:
        return _not_asked(name, asked)
    print(asked.stdout.strip())
    return asked.returncode != 0


def _run(command: list[str], directory: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None


def _not_asked(name: str, asked: subprocess.CompletedProcess[str] | None) -> bool:
    why = next((line.strip() for line in asked.stderr.splitlines() if "error" in line), "") if asked else ""
    print(f"{name}: could not ask for known holes ({why or 'no answer'}).")
    return False


if __name__ == "__main__":
    sys.exit(main())
