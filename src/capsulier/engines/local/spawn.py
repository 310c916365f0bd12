"""Starting a placement's wrapper: the one place where processes begin.

`posix_spawn` and not `asyncio.create_subprocess`: no thread, no pipe, no fork of our own memory. This thread
stands still until the child has become a shell: all that can wait for that is left to the wrapper, opening the logs
too.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from math import ceil
from pathlib import Path

from capsulier.core.launch import Launch
from capsulier.engines.local.accounts import HANDED_OVER, become, seal
from capsulier.engines.local.census import MARK
from capsulier.engines.local.machine import Machine, usable_cpus
from capsulier.engines.local.plain import plain_words
from capsulier.engines.local.posix import posix_spawn

_WRAPPER = Path(__file__).with_name("wrapper.sh").read_bytes()
"""Read once: an upgrade that replaces the file under a running process must not give its arguments a new meaning."""
_KEPT_AS = f"wrapper.{hashlib.sha256(_WRAPPER).hexdigest()[:12]}.sh"


def keep_wrapper(root: Path) -> str:
    """See that the wrapper which this process knows is below `root`, under its own hash; its path."""
    path = f"{root}/{_KEPT_AS}"
    if not os.path.exists(path):  # noqa: PTH110  # before every spawn: a Path would cost ten times as much
        draft = Path(f"{path}.{os.getpid()}")
        draft.write_bytes(_WRAPPER)
        draft.replace(path)
    return path


def spawn(
    wrapper: str,
    launch: Launch,
    directory: str,
    machine: Machine,
    *,
    began_us: int,
    shell: str,
    open_files: str,
    cpus: frozenset[int],
) -> int:
    """Start the wrapper of this launch in a session of its own; its process id. It may yet lose the claim."""
    arguments = [
        "sh",
        wrapper,
        directory,
        machine.boot_id,
        machine.machine_id,
        str(began_us),
        open_files,
        shell,
        launch.command,
        plain_words(launch.command, launch.environment.get("PATH", os.defpath)),
        become(launch.run_as, shell) if launch.run_as else "",
    ]
    for step in launch.steps:
        arguments += (" ".join(step.label.split())[:200] or "step", step.command)
    marks = {"CAPSULIER_EXECUTION": launch.name, MARK: directory}
    environment = launch.environment | marks
    with _running_on(cpus) if cpus else nullcontext():
        if launch.run_as is None:
            return posix_spawn(shell, arguments, environment)
        # What the job's variables make a program load is loaded by those only that are the account already.
        sealed = seal(environment, launch.run_as)
        try:
            return posix_spawn(shell, arguments, marks, handed_over=[(sealed, HANDED_OVER)])
        finally:
            os.close(sealed)


def least_used(wanted: float, in_use: Iterable[frozenset[int]]) -> frozenset[int]:
    """As many whole processors as are wanted, or all there are: those that the fewest others were given."""
    uses = Counter(cpu for cpus in in_use for cpu in cpus)
    ranked = sorted(usable_cpus(), key=lambda cpu: (uses[cpu], cpu))
    return frozenset(ranked[: max(1, ceil(wanted))])


def cpus_of(pid: int) -> frozenset[int]:
    """Those that a running placement was given; none if it is gone."""
    try:
        return frozenset(os.sched_getaffinity(pid))
    except ProcessLookupError:
        return frozenset()


@contextmanager
def _running_on(cpus: frozenset[int]) -> Iterator[None]:
    """Be on these processors meanwhile: a child inherits them from the thread that starts it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
