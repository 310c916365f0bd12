"""The small files by which a placement is known without us: who claimed it, how it exited, why we ended it.

`claim`     `PID BOOT_ID MACHINE_ID BEGAN_US`, written by the wrapper that won; `setup` instead of BEGAN_US where steps
            come first. `fenced` instead: nobody ran it, and nobody can any more. Without a newline: being written.
            At the end a second line: `exit CODE`, or `setup CODE LABEL` for a step that failed; its time is the end's.
            Below `exit CODE` what the shell's `times` says of itself and of what it has waited for.
`began`     only where there are steps; its time is when the command began.
`ended_by`  a symbolic link whose target is the word: made in one step, needs no block of a full disk, and the first
            one stays.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FENCED = "fenced"
_TIME = re.compile(r"(\d+)m(\d+\.\d+)s")


@dataclass(frozen=True, slots=True)
class Exit:
    """How it ended, in the wrapper's words."""

    code: int
    at_us: int
    failed_step: str | None = None
    cpu_us: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Who runs a placement, or ran it. `pid` is 0 while the claim is being written, or where it is fenced."""

    pid: int = 0
    boot_id: str = ""
    machine_id: str = ""
    began_us: int | None = None
    """When the command began; None while steps are prepared."""
    is_fenced: bool = False
    exit: Exit | None = None
    """None: it has not ended, or nobody was left to write it down."""


def read_claim(directory: str) -> Claim | None:
    """None: nobody has claimed it."""
    read = _read(f"{directory}/claim")
    if read is None:
        return None
    lines, written_us = read
    match lines[0].split() if lines else []:
        case [word] if word == _FENCED:
            return Claim(is_fenced=True)
        case [pid, boot_id, machine_id, began] if pid.isdigit():
            began_us = int(began) if began.isdigit() else _made_us(f"{directory}/began")
            return Claim(int(pid), boot_id, machine_id, began_us, exit=_exit(lines[1:], written_us))
        case _:
            return Claim()


def _exit(lines: list[str], at_us: int) -> Exit | None:
    match lines[0].split(" ", 2) if lines else []:
        case ["exit", code] if code.isdigit():
            return Exit(int(code), at_us, cpu_us=_times_us(lines[1:3]))
        case ["setup", code, label] if code.isdigit():
            return Exit(int(code), at_us, label)
        case _:
            return None


def _times_us(lines: list[str]) -> int | None:
    """The sum of what `times` prints: two lines of `0m0.000000s 1m2.500000s`. None: it was not written any more."""
    times = [_TIME.fullmatch(word) for line in lines for word in line.split()]
    if len(times) != 4 or None in times:
        return None
    return sum(int(time[1]) * 60_000_000 + round(float(time[2]) * 1_000_000) for time in times if time)


def _made_us(file: str) -> int | None:
    """When this empty file was made; None: it is not there."""
    try:
        return os.stat(file).st_mtime_ns // 1000  # noqa: PTH116
    except OSError:
        return None


def fence(directory: str) -> bool:
    """Take the claim ourselves, so that no wrapper can start this placement, however late it comes (a leader that was
    frozen before its spawn). False: somebody has it."""
    Path(directory).mkdir(0o700, parents=True, exist_ok=True)
    try:
        with Path(directory, "claim").open("x") as claim:
            claim.write(_FENCED + "\n")
    except FileExistsError:
        return False
    return True


def note_ended_by(directory: str, word: str) -> None:
    """Write down why we end it, before the first signal. The first word stays."""
    with suppress(OSError):
        os.symlink(word, f"{directory}/ended_by")  # noqa: PTH211


def read_ended_by(directory: str) -> tuple[str, float] | None:
    """The word, and when it was written (seconds since the epoch)."""
    link = f"{directory}/ended_by"
    try:
        return os.readlink(link), os.lstat(link).st_mtime  # noqa: PTH115
    except OSError:
        return None


def open_now(file: str, flags: int) -> int:
    """Open it without waiting: a program may have put a pipe in its place, which would hold all of us up."""
    return os.open(file, flags | os.O_NONBLOCK)


def _read(file: str) -> tuple[list[str], int] | None:
    """The complete lines of a small file and when it was last written, microseconds since the epoch."""
    try:
        descriptor = open_now(file, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        text = os.read(descriptor, 4096).decode(errors="replace")
        written_us = os.fstat(descriptor).st_mtime_ns // 1000
    finally:
        os.close(descriptor)
    return text.split("\n")[:-1], written_us
