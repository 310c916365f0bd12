"""Which processes belong to a placement: its session, whatever carries its mark, and all that descend from these.

A child that left the session and its parents (setsid, a double fork, nohup) still carries the mark in its environment;
only one that also wiped that before anybody saw it gets away. (A cgroup of its own would hold that one too: where one
is delegated to us, `Census.tree` is the place to ask it.)
"""

import asyncio
import os
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial

from capsulier.engines.local.processes import (
    Process,
    list_processes,
    read_arguments,
    read_environment,
    read_process,
)

MARK = "CAPSULIER_PLACEMENT"
"""Its value, the placement's directory, tells apart executions of two installations on one machine."""


def mark_of(directory: str) -> bytes:
    return os.fsencode(f"{MARK}={directory}")


def is_wrapper(pid: int, directory: str) -> bool:
    """Whether this process lives and is the wrapper of that placement: it leads a session and carries the mark."""
    process = read_process(pid)
    if process is None or process.is_dead or process.session != pid:
        return False
    return mark_of(directory) in read_environment(pid).split(b"\0")


def runs_the_wrapper(pid: int, directory: str) -> bool:
    """Whether this process executes the wrapper's script: itself, or a fork of it that has not become the command."""
    return read_arguments(pid)[2:3] == [os.fsencode(directory)]


@dataclass(frozen=True, slots=True)
class Census:
    """All processes at one moment; in `unreaped` the dead among them by group, elsewhere the living."""

    children: dict[int, list[Process]] = field(default_factory=partial(defaultdict, list))
    sessions: dict[int, list[Process]] = field(default_factory=partial(defaultdict, list))
    groups: dict[int, list[Process]] = field(default_factory=partial(defaultdict, list))
    marked: dict[bytes, list[Process]] = field(default_factory=partial(defaultdict, list))
    unreaped: dict[int, list[Process]] = field(default_factory=partial(defaultdict, list))

    def tree(self, pid: int | None, directory: str) -> list[Process]:
        """The living processes of the placement whose wrapper has or had this id, the wrapper among them.

        A session is the placement's only if somebody marked is in it: once all are gone its id may be a stranger's.
        """
        found: dict[int, Process] = {}
        waiting = list(self.marked.get(mark_of(directory), ()))
        if any(process.session == pid for process in waiting):
            waiting.extend(self.sessions[pid or 0])
        while waiting:
            process = waiting.pop()
            if process.pid not in found and process.pid != os.getpid():
                found[process.pid] = process
                waiting.extend(self.children.get(process.pid, ()))
        return list(found.values())

    def is_within(self, group: int, tree: list[Process]) -> bool:
        """Whether this process group has no member outside the tree. One without any is gone, or too quick for us."""
        inside = {process.pid for process in tree}
        return all(process.pid in inside for process in self.groups.get(group, ()))


class Lookout:
    """Takes a census when asked. It runs in a thread: on a machine with thousands of processes it takes a while."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._begun = self._taken = 0
        self._latest = Census()
        self._marks: dict[tuple[int, int], bytes] = {}

    async def look(self) -> Census:
        """A census begun after this call. Those who ask while one is under way share the next."""
        ticket = self._begun + 1
        async with self._lock:
            if self._taken < ticket:
                self._begun += 1
                self._latest = await asyncio.to_thread(self._take)
                self._taken = self._begun
        return self._latest

    def _take(self) -> Census:
        census = Census()
        marks = {}
        for process in list_processes():
            if process.is_dead:
                census.unreaped[process.group].append(process)
                continue
            # Remembered from first sight: a program may write over its environment (those that set their own title do).
            # That it has none is not: it may be between its fork and its exec.
            if mark := self._marks.get(process.identity) or _read_mark(process.pid):
                marks[process.identity] = mark
                census.marked[mark].append(process)
            census.children[process.parent].append(process)
            census.sessions[process.session].append(process)
            census.groups[process.group].append(process)
        self._marks = marks
        return census


def _read_mark(pid: int) -> bytes:
    prefix = MARK.encode() + b"="
    return next((entry for entry in read_environment(pid).split(b"\0") if entry.startswith(prefix)), b"")
