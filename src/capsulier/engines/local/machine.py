"""Which machine this is, and since which start of it: what makes a process id mean something later."""

import os
import resource
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine between two of its starts."""

    machine_id: str
    boot_id: str

    @classmethod
    def here(cls, machine_id: str | None = None, boot_id: str | None = None) -> "Machine":
        """What the system says, unless told otherwise."""
        return cls(
            machine_id=machine_id or _first_word("/etc/machine-id", "/var/lib/dbus/machine-id") or os.uname().nodename,
            boot_id=boot_id or _first_word("/proc/sys/kernel/random/boot_id") or "unknown",
        )


def usable_cpus() -> frozenset[int]:
    """The processors that this process may use."""
    return frozenset(os.sched_getaffinity(0))


def memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@cache
def raise_open_files() -> str:
    """Once in a process: let it open as many files as it may (each running execution takes a pidfd), and answer with
    the limit from before, as `ulimit` takes it: executions start with that one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return "unlimited" if soft == resource.RLIM_INFINITY else str(soft)


def keep_descriptors() -> None:
    """Let no child of ours inherit what we inherited: a pipe of whoever started us would stay open in every job."""
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with suppress(OSError):
            if int(entry) > 2:
                os.set_inheritable(int(entry), False)


def was_restarted(root: Path, machine: Machine) -> bool:
    """Whether the machine was restarted since `note_start` last wrote in this root. False where it never did."""
    noted = _first_word(str(root / "boot"))
    return noted not in ("", machine.boot_id)


def note_start(root: Path, machine: Machine) -> None:
    """Remember that all of this root is settled as of this start of the machine."""
    with suppress(OSError):
        (root / "boot").write_text(machine.boot_id + "\n")


def _first_word(*files: str) -> str:
    for file in files:
        try:
            words = Path(file).read_text().split()
        except OSError:
            continue
        if words:
            return words[0]
    return ""
