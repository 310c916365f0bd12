"""Slurm's command line tools, each called with a time limit, in a process of its own: nobody waits for a cluster."""

import asyncio
import math
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress

from capsulier.core.launch import Launch
from capsulier.engines.slurm.settings import OPTIONS, SlurmSettings
from capsulier.engines.slurm.words import (
    NODES_FORMAT,
    QUEUE_FORMAT,
    ClusterJob,
    ClusterNode,
    read_job,
    read_nodes,
    read_queue,
)

_AT_ONCE = 6
"""Processes of `sbatch` beside each other: more of them are no faster (38 jobs a second on two cores)."""
_LAUNCHER_MB = 64
"""What the launcher itself may take, beside the program's memory."""
_BESIDE_MINUTES = 60
"""Of the time limit, beside the program's timeout: for its preparation, and for logs that wait for us."""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_AWAY = (
    "Unable to contact slurm controller",
    "Socket timed out",
    "Connection refused",
    "Connection timed out",
    "Transport endpoint is not connected",
    "Zero Bytes were transmitted",
    "Communication connection failure",
    "Slurm backup controller in standby",
    "Unable to establish control machine",
    "authentication",
    "Munge",
    "munge",
    "not respond",
    "Unexpected message",
    "temporarily unable",
)


class ClusterAway(Exception):  # a fact about the cluster, not an error of anybody's
    """It did not answer in time. What was asked for may have been done all the same."""


class Refused(Exception):
    """The cluster's answer is no; its words say why."""


class Cluster:
    def __init__(self, settings: SlurmSettings) -> None:
        self._settings = settings
        self._submits = asyncio.Semaphore(_AT_ONCE)

    async def submit(self, launch: Launch, name: str, script: str) -> str:
        """The number of the new job. Raises ClusterAway, Refused."""
        async with self._submits:
            said = await self._run(["sbatch", *sbatch_options(self._settings, launch, name)], script)
        return said.strip().partition(";")[0]

    async def queue(self) -> list[ClusterJob]:
        """All jobs of ours that Slurm knows, those too that have ended a moment ago. Raises ClusterAway."""
        return list(
            read_queue(await self._ask("squeue", "--me", "--noheader", "--states=all", f"--format={QUEUE_FORMAT}"))
        )

    async def job(self, number: str) -> ClusterJob | None:
        """One that is not in the queue; None: Slurm does not know it any more. Raises ClusterAway."""
        try:
            return read_job(await self._run(["scontrol", "show", "job", "--oneliner", number]))
        except Refused:
            return None

    async def cancel_waiting(self, numbers: Sequence[str]) -> None:
        """Those that have not begun. Raises ClusterAway."""
        await self._cancel("--state=PENDING", *numbers)

    async def terminate(self, numbers: Sequence[str]) -> None:
        """TERM to their launchers, and to nothing else: they know what grace to give. Raises ClusterAway."""
        await self._cancel("--batch", "--signal=TERM", *numbers)

    async def kill(self, numbers: Sequence[str]) -> None:
        """All that is theirs. Raises ClusterAway."""
        await self._cancel("--signal=KILL", *numbers)
        await self._cancel("--full", "--signal=KILL", *numbers)
        await self._cancel(*numbers)

    async def nodes(self) -> list[ClusterNode]:
        """Raises ClusterAway."""
        return read_nodes(await self._ask("sinfo", "--Node", "--noheader", f"--Format={NODES_FORMAT}"))

    async def _cancel(self, *words: str) -> None:
        with suppress(Refused):  # it has ended meanwhile
            await self._run(["scancel", "--quiet", *words])

    async def _ask(self, *command: str) -> str:
        try:
            return await self._run(command)
        except Refused as refused:
            raise ClusterAway(str(refused)) from refused

    async def _run(self, command: Sequence[str], said: str = "") -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                shutil.which(command[0]) or command[0],
                *command[1:],
                env=_environment(os.environ),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ClusterAway(f"{command[0]} cannot be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(self._settings.answer_within_s):
                out, err = await process.communicate(said.encode())
        except TimeoutError as error:
            raise ClusterAway("it does not answer") from error
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
        if process.returncode == 0:
            return out.decode(errors="replace")
        words = _words(err.decode(errors="replace"))
        raise ClusterAway(words) if any(each in words for each in _AWAY) else Refused(words)


def sbatch_options(settings: SlurmSettings, launch: Launch, name: str) -> list[str]:
    """Everything said, nothing left to what the environment or the partition would add."""
    limits = launch.limits
    memory_mb = settings.memory_mb if limits.memory_bytes is None else math.ceil(limits.memory_bytes / (1 << 20))
    options = [
        "--parsable",
        f"--job-name={name}",
        "--no-requeue",
        # Of `_environment`, which holds nothing of ours. NIL, NONE and a list of names all make the node load the
        # user's login environment first: 1 to 3 s before each start instead of 0.1.
        "--export=ALL",
        "--propagate=NONE",
        "--nodes=1",
        "--ntasks=1",
        f"--cpus-per-task={max(1, math.ceil(limits.cpus or 1))}",
        f"--mem={memory_mb + _LAUNCHER_MB}M",
        "--chdir=/",
        "--input=/dev/null",
        "--output=/dev/null",
        "--error=/dev/null",
    ]
    if limits.timeout_s is not None:
        options.append(f"--time={math.ceil((limits.timeout_s + limits.grace_s) / 60) + _BESIDE_MINUTES}")
    for option in OPTIONS:
        if value := launch.options.get(option) or getattr(settings, option):
            options.append(f"--{option}={value}")
    return options


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Of the commands, and so of the launchers: without what would change what the commands do (SBATCH_PARTITION), and
    without anything that a node is not to know."""
    wanted = ("HOME", "USER", "LOGNAME", "SLURM_CONF")
    return {name: own[name] for name in wanted if name in own} | {"PATH": _PATH, "LANG": "C.UTF-8"}


def _words(said: str) -> str:
    """“sbatch: error: Batch job submission failed: Invalid partition name specified” without its beginning."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    for start in ("sbatch: ", "squeue: ", "sinfo: ", "scontrol: ", "slurm_load_jobs ", "error: ", "fatal: "):
        last = last.removeprefix(start)
    return last.removeprefix("Batch job submission failed: ")[:500]
