"""The programs that the jobs call: one stand-in under many names, which writes what such a program would."""

from pathlib import Path

from capsulier.capsules.shelf import capsules
from tests.browser.scene.jobs import JOBS

_STAND_IN = """#!/bin/sh
name=$(basename "$0")
outcome=$(sed -n "${CAPSULIER_JOB_EXECUTION}p" "$HOME/outcomes/$CAPSULIER_JOB_NAME" 2>/dev/null)
log="$HOME/logs/$name"
[ -e "$log" ] || log="$HOME/logs/any"
head -n 3 "$log"
case $outcome in
k) exec sleep 600 ;;
"…") sed 1,3d "$log"; exec sleep 600 ;;
-) echo "$name: error: the connection was closed by the other side (attempt 3 of 3)" >&2; exit 1 ;;
esac
sed 1,3d "$log"
"""
_IN_DOCKER = """
[[steps]]
label = "Fetch the image"
command = '''
outcomes="$HOME/outcomes/$CAPSULIER_JOB_NAME"
if [ "$(sed -n "${CAPSULIER_JOB_EXECUTION}p" "$outcomes")" = "…" ]; then exec sleep 600; fi'''
"""

_LOGS = {
    "any": "Connected\nReading\n12,408 rows read\n12,408 rows written\nDone\n",
    "aws": "\n".join(f"download: s3://clicks/2026/part-{n:04}.parquet" for n in range(40)) + "\n",
    "spark-submit": "".join(
        f"26/11/23 08:{20 + n // 6}:{n * 10 % 60:02} INFO DAGScheduler: Stage {n} finished in {3 + n % 7}.{n % 10} s\n"
        for n in range(48)
    ),
    "dbt": "Running with dbt=1.11.2\nFound 48 models, 212 tests, 9 sources\n\n"
    + "".join(
        f"{n} of 48 \033[32mOK\033[0m created table marts.model_{n:02}  [\033[32mSUCCESS\033[0m]\n"
        for n in range(1, 49)
    )
    + "\n\033[32mCompleted successfully\033[0m\n",
}
_PYTHON = b"""import os
os.execvp("python-job", ["python-job"])
"""


def write_home(home: Path) -> None:
    """The home directory of the server: programs for its PATH, and what each execution will do."""
    for folder in ("bin", "logs", "outcomes"):
        (home / folder).mkdir(parents=True)
    stand_in = home / "bin" / "stand-in"
    stand_in.write_text(_STAND_IN)
    stand_in.chmod(0o755)
    programs = {"docker", "python-job", *(job.command.split()[0] for job in JOBS if job.capsule != "docker")}
    for program in programs - {"python", "sh"}:
        (home / "bin" / program).symlink_to("stand-in")
    for name, text in _LOGS.items():
        (home / "logs" / name).write_text(text)
    for job in JOBS:
        (home / "outcomes" / job.name).write_text("".join(f"{outcome}\n" for outcome in job.outcomes))


def write_capsules(directory: Path) -> None:
    """The shipped ones without what they need: a picture can be taken where there is no Java, no R and no network."""
    directory.mkdir(parents=True)
    for capsule in capsules().values():
        if capsule.id in {"bash", "python"}:
            continue
        accepts = list(capsule.package.accepts) if capsule.package else []
        (directory / f"{capsule.id}.toml").write_text(
            'extends = "bash"\n'
            f'id = "{capsule.id}"\nlabel = "{capsule.label}"\nicon = "{capsule.icon}"\ncolour = "{capsule.colour}"\n'
            f"categories = {list(capsule.categories)}\ncommand = '''{capsule.command}'''\nhelp = '''{capsule.help}'''\n"
            + ("run = 'docker run {command}'\n" if capsule.id == "docker" else "")
            + (f"[package]\naccepts = {accepts}\n" if capsule.package else "")
            + (_IN_DOCKER if capsule.id == "docker" else "")
        )


def package_bytes(file: str) -> bytes:
    return _PYTHON if file.endswith(".py") else b'exec "$HOME/bin/stand-in"\n'
