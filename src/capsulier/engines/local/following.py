"""Following placements from their claim to their end, whether we started their wrappers or an earlier process did."""

import asyncio
import logging
import os
import select
import time
from collections.abc import Callable
from dataclasses import replace

from capsulier.engines.local.census import Lookout, is_wrapper
from capsulier.engines.local.machine import Machine
from capsulier.engines.local.placement import Placement
from capsulier.engines.local.records import Claim, Exit, read_claim, read_ended_by
from capsulier.engines.local.usage import note_reaped, reap
from capsulier.engines.local.verdict import (
    after_restart,
    being_prepared,
    could_not_write,
    ended,
    is_elsewhere,
    lost,
    never_ran,
    settle,
)
from capsulier.engines.protocol import Phase, Standing

_COULD_NOT_WRITE, _COULD_NOT_CLAIM = 74, 75
"""Exit codes of a wrapper that ran nothing; or of its command."""
_KILLED = 128 + 9
_RETRY_S = 0.5

_log = logging.getLogger(__name__)


class Following:
    """Learns of ends by pidfd. `on_begin` is called once a placement's command runs, `on_end` once its wrapper is
    gone, with how it ended."""

    def __init__(
        self,
        machine: Machine,
        lookout: Lookout,
        *,
        on_begin: Callable[[Placement], None],
        on_end: Callable[[Placement, Standing], None],
    ) -> None:
        self._machine = machine
        self._lookout = lookout
        self._on_begin = on_begin
        self._on_end = on_end
        # One for all: the loop takes 40 µs to begin and to end listening to a descriptor, this takes 2.
        self._wrappers = select.epoll()
        self._followed: dict[int, Placement] = {}
        self._searches: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        asyncio.get_running_loop().add_reader(self._wrappers, self._on_gone)

    def watch_child(self, placement: Placement, pid: int) -> None:
        """Wait for the end of a wrapper that we have just started."""
        placement.pid = pid
        placement.is_started = True
        try:
            self._follow(placement, os.pidfd_open(pid))
        except OSError:
            # No descriptor free for it: it runs all the same, and its files tell what we do not hear.
            self._later(self.pursue, placement)

    def pursue(self, placement: Placement) -> None:
        """Follow it from here on by what its files say, and tell how it stands."""
        try:
            standing = self._adopt(placement, read_claim(placement.directory))
        except OSError:
            _log.exception("Cannot follow %s yet", placement.name, extra=placement.subject)
            self._later(self.pursue, placement)
            return
        if standing.phase in (Phase.ENDED, Phase.LOST):
            self._conclude(placement, standing)
        elif standing.phase is Phase.RUNNING:
            self._on_begin(placement)

    async def glance(self, directory: str) -> Standing | None:
        """How a placement stands that nobody has recovered, without following it. None: another machine knows."""
        claim = read_claim(directory)
        if claim is None or not (claim.pid or claim.is_fenced):
            return Standing(Phase.WAITING)
        if is_elsewhere(claim, self._machine):
            return None
        settled = settle(directory, claim, self._machine)
        if settled is None and not is_wrapper(claim.pid, directory):
            settled = self._settle_again(directory, claim)
            if settled is None and not (await self._lookout.look()).tree(claim.pid, directory):
                settled = _without_exit(directory, claim)
        return settled or _phase(claim)

    def look_at_setup(self, placement: Placement) -> None:
        """Tell it if its steps are done and its command runs."""
        claim = read_claim(placement.directory)
        if claim is not None and claim.pid == placement.pid and claim.began_us is not None:
            placement.standing = _phase(claim)
            self._on_begin(placement)

    def release(self, placement: Placement) -> int | None:
        """Follow it no more; the exit code of a child that exited by itself."""
        if placement.pidfd is None:
            return None
        self._wrappers.unregister(placement.pidfd)
        del self._followed[placement.pidfd]
        reaped = reap(placement.pid or 0, placement.pidfd)
        os.close(placement.pidfd)
        placement.pidfd = None
        if reaped is None:
            return None
        note_reaped(placement, reaped)
        return reaped.code

    async def close(self) -> None:
        for search in tuple(self._searches):
            search.cancel()
        await asyncio.gather(*self._searches, return_exceptions=True)
        if not self._wrappers.closed:
            asyncio.get_running_loop().remove_reader(self._wrappers)
            self._wrappers.close()

    def _follow(self, placement: Placement, pidfd: int) -> None:
        self._wrappers.register(pidfd, select.EPOLLIN)
        self._followed[pidfd] = placement
        placement.pidfd = pidfd

    def _adopt(self, placement: Placement, claim: Claim | None) -> Standing:
        """How it stands; unless that is its end, it is listened to from now on."""
        directory = placement.directory
        settled = settle(directory, claim, self._machine) if claim is not None else None
        if settled is not None:
            return settled
        if claim is None or not claim.pid:
            search = asyncio.create_task(self._await_claimant(placement))
            self._searches.add(search)
            search.add_done_callback(self._searches.discard)
            return placement.standing
        placement.pid = claim.pid
        if not placement.is_running:
            placement.standing = _phase(claim)
        pidfd = _open_wrapper(claim.pid, directory)
        if pidfd is None:
            return self._settle_again(directory, claim) or _without_exit(directory, claim)
        self._follow(placement, pidfd)
        return placement.standing

    def _settle_again(self, directory: str, claim: Claim) -> Standing | None:
        """Its wrapper is gone: it may have written down its exit after we looked, and before it went."""
        return settle(directory, read_claim(directory) or claim, self._machine)

    def _on_gone(self) -> None:
        for pidfd, _ in self._wrappers.poll(0):
            placement = self._followed[pidfd]
            self._judge(placement, self.release(placement))

    def _judge(self, placement: Placement, code: int | None) -> None:
        """The wrapper is gone: by its own exit, by a kill, or because another one has the claim."""
        directory = placement.directory
        if code not in (None, _COULD_NOT_WRITE, _COULD_NOT_CLAIM) and not placement.has_steps:
            # It had the claim, and exits as its command did: no need to read what it has written down.
            self._conclude(placement, ended(directory, Exit(code, _now_us()), placement.standing.started_us))
            return
        try:
            claim = read_claim(directory)
            if claim is None and code not in (_COULD_NOT_WRITE, _COULD_NOT_CLAIM):
                # Its program removed the directory.
                self._conclude(placement, _without_exit(directory, Claim(), code, is_witnessed=True))
            elif claim is not None and claim.pid == placement.pid:
                settled = settle(directory, claim, self._machine)
                self._conclude(placement, settled or _without_exit(directory, claim, code, is_witnessed=True))
            else:
                placement.pid = None
                self.pursue(placement)
        except OSError:
            _log.exception("Cannot tell yet how %s ended", placement.name, extra=placement.subject)
            self._later(self._judge, placement, code)

    def _later(self, work: Callable[..., None], *arguments: object) -> None:
        asyncio.get_running_loop().call_later(_RETRY_S, work, *arguments)

    def _conclude(self, placement: Placement, standing: Standing) -> None:
        began_us = placement.standing.started_us or standing.started_us
        ended_us = max(standing.ended_us or _now_us(), began_us or 0)
        placement.outcome = replace(
            standing,
            started_us=began_us,
            ended_us=ended_us,
            cpu_us=placement.cpu_us or standing.cpu_us or placement.seen_cpu_us or None,
            peak_bytes=placement.peak_bytes,
        )
        placement.stir.set()
        self._on_end(placement, placement.outcome)

    async def _await_claimant(self, placement: Placement) -> None:
        """No claim names anybody yet: somebody is about to write it, or could not. Whoever comes later finds it
        taken, so if nobody who could be writing it lives, nothing ever ran."""
        pause_s = 0.01
        while (await self._lookout.look()).tree(None, placement.directory) and not _is_named(placement.directory):
            await asyncio.sleep(pause_s)
            pause_s = min(1.0, pause_s * 2)
        if _is_named(placement.directory):
            self.pursue(placement)
        elif placement.is_started:
            self._conclude(placement, could_not_write(placement.directory))
        else:
            self._conclude(placement, after_restart() if placement.is_after_restart else never_ran())


def _is_named(directory: str) -> bool:
    claim = read_claim(directory)
    return claim is not None and (claim.is_fenced or claim.pid > 0)


def _without_exit(directory: str, claim: Claim, code: int | None = None, *, is_witnessed: bool = False) -> Standing:
    """How a placement stands whose wrapper is gone and wrote down no exit; its own exit code, if we were there."""
    if code == _COULD_NOT_WRITE:
        return could_not_write(directory)
    if code is not None:
        return ended(directory, Exit(code, _now_us()), claim.began_us)
    if read_ended_by(directory) is not None:
        # The KILL at the end of our own stop met the wrapper too.
        return ended(directory, Exit(_KILLED, _now_us()), claim.began_us)
    return lost("its wrapper was killed" if is_witnessed else "its process disappeared", claim.began_us)


def _phase(claim: Claim) -> Standing:
    if claim.began_us is None:
        return being_prepared()
    return Standing(Phase.RUNNING, started_us=claim.began_us)


def _open_wrapper(pid: int, directory: str) -> int | None:
    """A pidfd of this placement's wrapper; None if it is gone, whoever has its process id now."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    if is_wrapper(pid, directory):
        return pidfd
    os.close(pidfd)
    return None


def _now_us() -> int:
    return time.time_ns() // 1000
