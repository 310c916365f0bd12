"""Makes a Python environment, once, however many ask for it. Runs by itself, as a preparation step:
`python -I -S make_environment.py DIRECTORY SPEC PACKAGE UV EXECUTION`.

The file `SPEC` says what the environment is; it is made in `DIRECTORY/env`, and is there when `DIRECTORY/ready` is.
`PACKAGE` is the package's file in the working directory, where there is one. Of those who come at once the one that
locks the directory makes it and the others wait; should that one die, the next begins anew. Standard library only:
those who wait should be light.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

_DECORATION = " ×╰├─▶│"
_KEPT_LINES = 40
_UNPACK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "packages", "unpack.py")


def main(directory: str, spec: str, package: str, uv: str, execution: str) -> int:
    came = time.time()
    os.makedirs(directory, 0o700, exist_ok=True)
    lock = _take_turn(directory)
    try:
        if os.path.exists(f"{directory}/ready"):
            print("The environment is ready.")
            return 0
        if (words := _failed_since(directory, came)) is not None:
            print(words)
            return 1
        _write(f"{directory}/maker", f"execution {execution}")
        words = _make(directory, spec, package, uv)
        if words is None:
            _write(f"{directory}/ready", "")
            return 0
        _write(f"{directory}/failed", words)
        print(words)
        return 1
    finally:
        os.close(lock)


def _take_turn(directory: str) -> int:
    """Lock the directory itself: nothing is left to be cleaned up, and the lock ends with this process."""
    while True:
        lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            maker = _read(f"{directory}/maker") or "another execution"
            print(f"Waiting for {maker}, which is making this environment.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(directory) and os.path.samestat(os.fstat(lock), os.stat(directory)):
            return lock
        os.close(lock)  # it was cleaned away while we waited


def _failed_since(directory: str, came: float) -> str | None:
    """What went wrong for the one that we have waited for: trying it again at once would only take as long again."""
    try:
        if os.stat(f"{directory}/failed").st_mtime >= came:
            return _read(f"{directory}/failed")
    except FileNotFoundError:
        pass
    return None


def _make(directory: str, said: str, package: str, uv: str) -> str | None:
    """Make it anew, whatever an earlier try has left. Words where that fails."""
    with open(said, encoding="utf-8") as file:
        spec = json.load(file)
    environment, sources = f"{directory}/env", f"{directory}/sources"
    for each in (environment, sources):
        shutil.rmtree(each, ignore_errors=True)
    os.mkdir(sources)
    wanted = list(spec["requirements"])
    if spec["package"]:
        wanted += _take_package(package, spec["package"]["name"], sources)
    if spec["file"]:
        _write(f"{sources}/{spec['file']}", spec["text"])
        wanted += ["-r", spec["file"]]
    python = f"{environment}/bin/python"
    words = _run([uv, "venv", "--no-project", "--python", spec["python"], environment], sources)
    if words is None and wanted:
        words = _run([uv, "pip", "install", "--python", python, *wanted], sources)
    if words is None:
        for name, text in spec["scripts"].items():
            _write(f"{environment}/bin/{name}", f"#!{python}\n{text}")
            os.chmod(f"{environment}/bin/{name}", 0o700)
        shutil.rmtree(sources)
    return words


def _take_package(package: str, name: str, sources: str) -> list[str]:
    """Put a wheel or the files of a zip where they are installed from; what to install of them."""
    if name.endswith(".whl"):
        shutil.copyfile(package, f"{sources}/{name}")
        return [f"./{name}"]
    subprocess.run([sys.executable, "-I", "-S", _UNPACK, package, sources], check=True)
    return []


def _run(command: list[str], directory: str) -> str | None:
    """Run uv with its output in our log. Where it fails, its last words in one line."""
    own = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    own |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    own.setdefault("UV_CACHE_DIR", os.path.join(os.path.dirname(os.path.dirname(directory)), "cache"))
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=directory, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines = [*lines[-_KEPT_LINES:], line]
    if process.returncode == 0:
        return None
    start = next((number for number, line in enumerate(lines) if "×" in line or line.startswith("error")), 0)
    said = " ".join(word for line in lines[start:] if (word := line.strip(f"{_DECORATION}\n")))
    return said.removeprefix("error: ") or f"uv ended with exit code {process.returncode}"


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _write(path: str, text: str) -> None:
    """All of it at once: a reader finds it whole or not at all."""
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(f"{path}.part", path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
