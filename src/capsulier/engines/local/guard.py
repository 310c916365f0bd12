"""Holds running placements to their limits, keeps the time index of their logs, and sees what memory they use."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from capsulier.core.reasons import Reason
from capsulier.engines.local.census import Census, Lookout
from capsulier.engines.local.placement import Placement
from capsulier.engines.local.processes import own_memory_bytes
from capsulier.engines.local.times import append_times, last_sizes, log_sizes
from capsulier.engines.local.usage import look_if_due, note_peak

_LOG_PAUSE_S = 0.1
_QUIET_LOG_PAUSE_S = 0.4
"""For a program that is silent: a thousand of them cost 1 % of a core (two `stat` of 2 µs each)."""
_AFTER_TROUBLE_S = 10
_MEMORY_PAUSE_S = 0.5

_log = logging.getLogger(__name__)


class Guard:
    """Watches all running placements of one engine. `end(placement, why, is_forced)` is what it calls on a breach."""

    def __init__(
        self,
        placements: Mapping[str, Placement],
        lookout: Lookout,
        *,
        look_at_setup: Callable[[Placement], None],
        end: Callable[[Placement, str, bool], None],
    ) -> None:
        self._placements = placements
        self._lookout = lookout
        self._look_at_setup = look_at_setup
        self._end = end

    def arm_timeout(self, placement: Placement) -> None:
        """End it when its time is over, counted from when its command began, also if that was before our start."""
        began_us, timeout_s = placement.standing.started_us, placement.limits.timeout_s
        if timeout_s is not None and began_us is not None:
            left_s = max(0.0, began_us / 1e6 + timeout_s - time.time())
            loop = asyncio.get_running_loop()
            placement.timeout = loop.call_later(left_s, self._end, placement, Reason.TIMEOUT, False)

    async def watch_logs(self) -> None:
        """For ever: write down how far the logs have come, and when."""
        clock = asyncio.get_running_loop().time
        while True:
            now = clock()
            for placement in list(self._placements.values()):
                if placement.log_due <= now and placement.pid is not None:
                    try:
                        self._look_at(placement, now)
                    except Exception as error:
                        is_ours = not isinstance(error, OSError)  # a full disk, or the program's doing
                        words = "Cannot keep the time index of %s: %s"
                        _log.warning(words, placement.name, error, exc_info=is_ours, extra=placement.subject)
                        placement.log_due = now + _AFTER_TROUBLE_S
            await asyncio.sleep(_LOG_PAUSE_S)

    async def watch_memory(self) -> None:
        """For ever: end what uses more memory than it may. At once and without grace: memory does not wait."""
        while True:
            await asyncio.sleep(_MEMORY_PAUSE_S)
            limited = [each for each in self._placements.values() if each.limits.memory_bytes and each.is_running]
            if not limited:
                continue
            try:
                census = await self._lookout.look()
                for placement in limited:
                    if not placement.is_gone and _exceeds_memory(placement, census):
                        self._end(placement, Reason.OUT_OF_MEMORY, True)
            except Exception:
                _log.exception("Cannot look at the memory of executions")

    def _look_at(self, placement: Placement, now: float) -> None:
        if not placement.is_running:
            self._look_at_setup(placement)
        look_if_due(placement, now)
        limit = placement.limits.log_bytes
        if note_logs(placement):
            placement.log_pause_s = _LOG_PAUSE_S
            written = sum(placement.log_sizes)
            if limit is not None and written > limit:
                # One that goes on writing through its grace gets none.
                self._end(placement, Reason.LOG_LIMIT, written > 2 * limit)
        else:
            placement.log_pause_s = min(_QUIET_LOG_PAUSE_S, placement.log_pause_s + _LOG_PAUSE_S)
        placement.log_due = now + placement.log_pause_s


def note_logs(placement: Placement) -> bool:
    """Append to the time index if a log has another size than before; whether it had. The time is that of the last
    write, not of our look."""
    sizes, written_us = log_sizes(placement.directory)
    if sizes == placement.log_sizes:
        return False
    append_times(placement.directory, written_us, sizes)
    placement.log_sizes = sizes
    return True


def resume_logs(placement: Placement) -> None:
    """Go on where the time index of an earlier process ends."""
    placement.log_sizes = last_sizes(placement.directory)


def _exceeds_memory(placement: Placement, census: Census) -> bool:
    """Resident sizes count shared pages once for each process; only where these exceed the limit are the pages
    looked at one by one, which takes milliseconds."""
    tree = census.tree(placement.pid, placement.directory)
    limit = placement.limits.memory_bytes or 0
    if sum(each.rss_bytes for each in tree) <= limit:
        return False
    used_bytes = sum(own_memory_bytes(each.pid, each.rss_bytes) for each in tree)
    note_peak(placement, used_bytes)
    return used_bytes > limit
