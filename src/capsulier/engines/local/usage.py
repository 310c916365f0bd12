"""What a placement uses: processor time and its peak of memory.

Processor time is what the kernel has counted for the wrapper and all that it, and they, have waited for: known at the
end, or as it was last seen where a kill met the wrapper too.

Memory is looked at while it runs, at growing distances: the resident size of the wrapper's descendants together, shared
pages counted once; and what each of them had at most until then, as the kernel remembers it. Besides, the kernel tells
at the end how much the largest process had; but a process starts with the figure of the one that it was spawned from,
which is us, so that only counts where it is more.
"""

import os
import resource
from dataclasses import dataclass

from capsulier.engines.local.placement import Placement
from capsulier.engines.local.processes import cpu_us_of, descendants, own_memory_bytes, read_memory

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
"""A thousand simple placements cost 1 % of a core: 60 µs a look (2 × AMD EPYC)."""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What is known of a child of ours once it has ended."""

    code: int | None
    """None: it did not exit by itself."""
    cpu_us: int
    """Of itself and all that it, and they, have waited for."""
    largest_bytes: int | None
    """Of the largest of these processes. None: smaller than we are, and so unknown."""


def look_if_due(placement: Placement, now: float) -> None:
    """Look if it is time to; `now` is on the loop's clock."""
    if placement.usage_due <= now:
        placement.usage_pause_s = min(_LONGEST_PAUSE_S, placement.usage_pause_s * 2 or _FIRST_PAUSE_S)
        placement.usage_due = now + placement.usage_pause_s
        look(placement)


def look(placement: Placement) -> None:
    """See what it uses now."""
    if placement.pid is None:
        return
    tree = descendants(placement.pid)
    cpu_us = sum(map(cpu_us_of, (placement.pid, *tree)))
    placement.seen_cpu_us = max(placement.seen_cpu_us, cpu_us)
    found = [(pid, memory) for pid in tree if (memory := read_memory(pid)) is not None]
    if found:
        note_peak(placement, max(memory.peak_bytes for _, memory in found))
        if sum(memory.resident_bytes for _, memory in found) > (placement.peak_bytes or 0):
            note_peak(placement, sum(own_memory_bytes(pid, memory.resident_bytes) for pid, memory in found))


def note_peak(placement: Placement, used_bytes: int) -> None:
    placement.peak_bytes = max(placement.peak_bytes or 0, used_bytes)


def note_reaped(placement: Placement, reaped: Reaped) -> None:
    """What the kernel says of its wrapper. One that was killed has not waited for all of its children."""
    placement.cpu_us = reaped.cpu_us if reaped.code is not None else max(reaped.cpu_us, placement.seen_cpu_us)
    if reaped.largest_bytes is not None:
        note_peak(placement, reaped.largest_bytes)


def reap(pid: int, pidfd: int) -> Reaped | None:
    """Take the end of a child of ours that has ended. None: it is no child of ours."""
    try:
        result = os.waitid(os.P_PIDFD, pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result is None:
            return None
        _, _, used = os.wait4(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    largest_bytes, ours_bytes = used.ru_maxrss * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Reaped(
        code=result.si_status if result.si_code == os.CLD_EXITED else None,
        cpu_us=round((used.ru_utime + used.ru_stime) * 1_000_000),
        largest_bytes=largest_bytes if largest_bytes > ours_bytes else None,
    )
