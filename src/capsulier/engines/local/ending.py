"""Ending a placement's whole tree: TERM, and KILL after the grace."""

import asyncio
import os
import signal
import time
from contextlib import suppress

from capsulier.engines.local.census import Census, Lookout, runs_the_wrapper
from capsulier.engines.local.placement import Placement
from capsulier.engines.local.processes import Process, send

_KILL_FOR_S = 30.0
_LONGEST_PAUSE_S = 1.0


async def end_tree(placement: Placement, lookout: Lookout, grace_s: float) -> None:
    """TERM to everything of the placement, KILL to what is left when the grace is over or `is_forced` is set. Returns
    once nothing of it lives, or after half a minute for what not even KILL ends (it waits for a broken disk)."""
    groups = {placement.pid} if placement.pid is not None else set()
    if not await _terminate(placement, lookout, groups, time.monotonic() + grace_s):
        await _kill(placement, lookout, groups, time.monotonic() + _KILL_FOR_S)


async def _terminate(placement: Placement, lookout: Lookout, groups: set[int], until: float) -> bool:
    """Whether nothing is left. Looks again and again: a stop may come before the command has begun. The process
    groups it sees are added to `groups`.

    The wrapper itself is spared, so that it writes down the exit code; so is its child until it has become the
    command: between the two it would still swallow a TERM as the wrapper does.
    """
    told: set[tuple[int, int]] = set()
    dead: dict[int, set[tuple[int, int]]] = {}
    pause_s = 0.02
    while not placement.is_forced and time.monotonic() < until:
        placement.stir.clear()
        census = await lookout.look()
        tree = census.tree(placement.pid, placement.directory)
        groups.update(process.group for process in tree)
        if not tree and placement.is_gone:
            before, dead = dead, _dead_by_group(groups, census)
            if all(members and members == before.get(group) for group, members in dead.items()):
                return True
        # Parents first: a shell that outlives its child would say "Terminated" in the program's own log.
        for process in sorted(tree, key=lambda each: (each.started, each.pid)):
            if process.identity not in told and not _is_wrapper(process, placement):
                told.add(process.identity)
                send(process, signal.SIGTERM)
            if process.is_halted:
                send(process, signal.SIGCONT)
        await _pause(placement, min(pause_s, until - time.monotonic()))
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)
    return False


async def _kill(placement: Placement, lookout: Lookout, groups: set[int], until: float) -> None:
    """By whole process groups, and again until a look finds nobody.

    The kernel kills a group at one stroke, forks under way included. That is what beats a program that forks and
    exits faster than we look: no look need ever have seen it, if one saw its group.
    """
    pause_s = 0.01
    while time.monotonic() < until:
        placement.stir.clear()
        census = await lookout.look()
        tree = census.tree(placement.pid, placement.directory)
        groups.update(process.group for process in tree)
        own = {group for group in groups if census.is_within(group, tree)} - {os.getpgrp()}
        for group in own:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        for process in tree:
            if process.group not in own:
                send(process, signal.SIGKILL)
        groups.clear()
        if not tree and placement.is_gone:
            return
        await _pause(placement, pause_s)
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)


def _dead_by_group(groups: set[int], census: Census) -> dict[int, set[tuple[int, int]]]:
    """For each of these groups that is still there, its members that wait to be reaped. A group is over once two
    looks see the same of them: in one that forks and exits faster than we look there are new ones, or none."""
    return {
        group: {process.identity for process in census.unreaped.get(group, ())} for group in groups if _exists(group)
    }


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_wrapper(process: Process, placement: Placement) -> bool:
    return process.pid == placement.pid or (
        process.parent == placement.pid and runs_the_wrapper(process.pid, placement.directory)
    )


async def _pause(placement: Placement, seconds: float) -> None:
    """Until something happens to the placement, at most this long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await placement.stir.wait()
