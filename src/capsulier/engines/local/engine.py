"""The local engine: the `Engine` protocol, in terms of wrappers, records and processes."""

import asyncio
import logging
import os
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from capsulier.core.launch import Launch
from capsulier.engines.local.accounts import let_in
from capsulier.engines.local.census import Lookout
from capsulier.engines.local.ending import end_tree
from capsulier.engines.local.following import Following
from capsulier.engines.local.guard import Guard, note_logs, resume_logs
from capsulier.engines.local.machine import (
    Machine,
    keep_descriptors,
    memory_bytes,
    note_start,
    raise_open_files,
    usable_cpus,
    was_restarted,
)
from capsulier.engines.local.paths import directory_of
from capsulier.engines.local.placement import Placement
from capsulier.engines.local.placing import CannotPlace, make_directory, place_files
from capsulier.engines.local.records import fence, note_ended_by, read_claim, read_ended_by
from capsulier.engines.local.roll import Roll
from capsulier.engines.local.spawn import cpus_of, keep_wrapper, least_used, spawn
from capsulier.engines.local.usage import look
from capsulier.engines.local.verdict import (
    STOP,
    after_restart,
    being_prepared,
    cannot_start,
    is_elsewhere,
    never_ran,
    stopped_before,
)
from capsulier.engines.protocol import Ability, Handle, Node, Phase, Standing

_RECOVERY_PATIENCE_S = 2.0
_RETRY_S = 5.0

_log = logging.getLogger(__name__)


class LocalEngine:
    """Runs each placement as a session of its own under a wrapper, with all that is known of it in a directory below
    `root`; any engine object on this root, now or after our death, finds it there.

    An execution ends when its command does: children that it left behind are then nobody's and are left alone, except
    after a stop or a breach of limits, which end the whole tree.
    """

    name = "local"
    abilities = frozenset({Ability.ENFORCES_MEMORY, Ability.ENFORCES_CPU})

    def __init__(
        self, root: Path, *, machine_id: str | None = None, boot_id: str | None = None, shell: str = "/bin/sh"
    ) -> None:
        self._root = root.resolve()
        self._machine = Machine.here(machine_id, boot_id)
        self._shell = shell
        self._open_files = "1024"
        self._tasks: set[asyncio.Task[None]] = set()
        self._roll = Roll(self._machine.machine_id)
        self._lookout = Lookout()
        self._following = Following(self._machine, self._lookout, on_begin=self._begin, on_end=self._on_end)
        self._guard = Guard(self._roll.live, self._lookout, look_at_setup=self._following.look_at_setup, end=self._end)

    async def start(self, changed: asyncio.Queue[tuple[Handle, Standing]]) -> None:
        self._roll.changed = changed
        self._root.mkdir(parents=True, exist_ok=True)
        self._open_files = raise_open_files()
        keep_descriptors()
        self._following.start()
        self._go_on(self._guard.watch_logs())
        self._go_on(self._guard.watch_memory())

    async def submit(self, launch: Launch) -> Handle:
        if launch.name not in self._roll:
            placement = self._roll.live[launch.name] = Placement.of(self._root, launch)
            try:
                if not make_directory(placement.directory) and read_claim(placement.directory) is not None:
                    self._following.pursue(placement)
                    return self._roll.handle(launch.name)
                if launch.run_as is not None:
                    let_in(launch, launch.run_as, self._root, placement.directory, self._shell)
                if launch.files:
                    placement.placing = self._go_on(self._place(placement, launch))
                else:
                    self._spawn(placement, launch)
            except (OSError, ValueError, CannotPlace) as error:
                self._roll.tell_end(placement, cannot_start(error))
        return self._roll.handle(launch.name)

    async def poll(self, handles: Sequence[Handle]) -> Mapping[str, Standing]:
        """One that another machine has claimed is left out: only that machine can tell."""
        standings = {}
        for handle in filter(self._roll.may_judge, handles):
            name = handle["name"]
            if name in self._roll:
                standings[name] = self._roll.standing(name)
            elif (standing := await self._following.glance(self._directory(name))) is not None:
                standings[name] = standing
        return standings

    async def recover(self, launches: Sequence[tuple[Launch, Handle | None]]) -> Mapping[str, Standing]:
        """What nobody has claimed is claimed here, for nobody: a leader that was frozen before its spawn can then no
        longer start it. After a restart of the machine a missing claim proves nothing, since it may never have
        reached the disk: lost, and it may have run. One that another machine has claimed is left out."""
        is_after_restart = was_restarted(self._root, self._machine)
        names = [launch.name for launch, handle in launches if self._roll.may_judge(handle)]
        for launch, handle in launches:
            if self._roll.may_judge(handle) and launch.name not in self._roll:
                placement = self._roll.live[launch.name] = Placement.of(self._root, launch)
                placement.is_quiet = True
                placement.is_after_restart = is_after_restart
                self._take_over(placement)
        # What is left of those that are lost is ended before we say that they are.
        live = [self._roll.live[name] for name in names if name in self._roll.live]
        endings = [placement.ending for placement in live if placement.ending and placement.is_forced]
        if endings:
            await asyncio.wait(endings, timeout=_RECOVERY_PATIENCE_S)
        for placement in live:
            placement.is_quiet = False
        note_start(self._root, self._machine)
        return {name: self._roll.standing(name) for name in names if name in self._roll}

    async def stop(self, handle: Handle, *, force: bool = False) -> None:
        name = handle["name"]
        placement = self._roll.live.get(name)
        if placement is None and name not in self._roll and self._roll.may_judge(handle):
            placement = self._find(name)
        if placement is None:
            return
        if placement.placing is not None:
            placement.placing.cancel()
            self._roll.tell_end(placement, stopped_before())
        else:
            self._end(placement, STOP, is_forced=force)

    async def nodes(self) -> Sequence[Node]:
        running = sum(placement.pid is not None for placement in self._roll.live.values())
        return [Node(os.uname().nodename, "ready", len(usable_cpus()), memory_bytes(), running)]

    async def close(self) -> None:
        for placement in self._roll.live.values():
            self._following.release(placement)
            if placement.timeout is not None:
                placement.timeout.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._following.close(), return_exceptions=True)

    def _directory(self, name: str) -> str:
        return str(directory_of(self._root, name))

    def _spawn(self, placement: Placement, launch: Launch) -> None:
        if launch.limits.cpus is not None:
            placement.cpus = least_used(launch.limits.cpus, (each.cpus for each in self._roll.live.values()))
        began_us = time.time_ns() // 1000
        pid = spawn(
            keep_wrapper(self._root),
            launch,
            placement.directory,
            self._machine,
            began_us=began_us,
            shell=self._shell,
            open_files=self._open_files,
            cpus=placement.cpus,
        )
        self._following.watch_child(placement, pid)
        if launch.steps:
            placement.standing = being_prepared()
        else:
            placement.standing = Standing(Phase.RUNNING, started_us=began_us)
            self._begin(placement)

    async def _place(self, placement: Placement, launch: Launch) -> None:
        """Copy its files in a thread, then start it."""
        try:
            await asyncio.to_thread(place_files, placement.directory, launch.files, launch.run_as)
            placement.placing = None
            self._spawn(placement, launch)
        except (OSError, ValueError, CannotPlace) as error:
            self._roll.tell_end(placement, cannot_start(error))

    def _take_over(self, placement: Placement) -> None:
        """Follow what an earlier process submitted, or make sure that nobody can start it any more."""
        try:
            is_fenced = fence(placement.directory)
            claim = read_claim(placement.directory)
        except OSError:
            # Neither found nor fenced: not to be judged yet.
            _log.exception("Cannot recover %s yet", placement.name, extra=placement.subject)
            asyncio.get_running_loop().call_later(_RETRY_S, self._take_over, placement)
            return
        if is_fenced:
            self._roll.tell_end(placement, after_restart() if placement.is_after_restart else never_ran())
        elif claim is not None and is_elsewhere(claim, self._machine):
            del self._roll.live[placement.name]
        else:
            self._resume(placement)

    def _find(self, name: str) -> Placement | None:
        """A placement that an earlier process submitted and nobody has recovered, if it has not ended."""
        placement = Placement(name, self._directory(name))
        claim = read_claim(placement.directory)
        if claim is None or is_elsewhere(claim, self._machine):
            return None
        self._roll.live[name] = placement
        self._resume(placement)
        return self._roll.live.get(name)

    def _resume(self, placement: Placement) -> None:
        resume_logs(placement)
        self._following.pursue(placement)
        if placement.pid is not None and placement.limits.cpus is not None:
            placement.cpus = cpus_of(placement.pid)
        if not placement.is_gone and read_ended_by(placement.directory) is not None:
            self._end_rest(placement)

    def _begin(self, placement: Placement) -> None:
        """Its command runs."""
        if not placement.is_told_running:
            self._guard.arm_timeout(placement)
            self._roll.tell_running(placement)

    def _on_end(self, placement: Placement, outcome: Standing) -> None:
        """Its wrapper is gone. What it left is ended with it only after a stop, or where nobody knows how it ended:
        it would run on unrecorded."""
        if placement.timeout is not None:
            placement.timeout.cancel()
        with suppress(OSError):
            note_logs(placement)
        placement.is_forced |= outcome.phase is Phase.LOST
        if (outcome.phase is Phase.LOST and outcome.ran) or read_ended_by(placement.directory) is not None:
            self._end_rest(placement)
        elif placement.ending is None:
            self._roll.tell_end(placement, outcome)

    def _end(self, placement: Placement, why: str, is_forced: bool) -> None:
        """End its tree for that reason; the first reason stays."""
        if placement.is_gone and placement.ending is None:
            return
        look(placement)
        note_ended_by(placement.directory, why)
        if is_forced:
            placement.is_forced = True
            placement.stir.set()
        self._end_rest(placement)

    def _end_rest(self, placement: Placement) -> None:
        if placement.ending is None:
            placement.ending = self._go_on(self._end_and_tell(placement))

    async def _end_and_tell(self, placement: Placement) -> None:
        ended_by = read_ended_by(placement.directory)
        asked_at = ended_by[1] if ended_by else time.time()
        await end_tree(placement, self._lookout, placement.limits.grace_s + asked_at - time.time())
        placement.ending = None
        if placement.outcome is not None:
            self._roll.tell_end(placement, placement.outcome)

    def _go_on(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
