"""What becomes of an execution whose launcher is silent, by what the cluster says: programs answer in the place of
Slurm's commands, since a real cluster gets into these states by accident only."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.engines.launcher.desk import Beat, Desk, keep_open
from capsulier.engines.protocol import Handle, Phase, Standing
from capsulier.engines.slurm.engine import SlurmEngine
from capsulier.engines.slurm.settings import SlurmSettings
from tests.engines.watched import a_launch


class Cluster:
    """Says what the test wants."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.say("sbatch", "7")
        for command in ("squeue", "sinfo", "scontrol", "scancel"):
            self.say(command, "")

    def say(self, command: str, answer: str) -> None:
        program = self._place / command
        program.write_text(f"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n{answer}\nEND\n" if answer else "#!/bin/sh\n")
        program.chmod(0o755)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")
    return Cluster(place)


class Running:
    """An execution whose command has begun, on n1."""

    def __init__(self, root: Path, launch: Launch, changed: "asyncio.Queue[tuple[Handle, Standing]]") -> None:
        self.root, self._changed = root, changed
        self.desk = desk = Desk(root, launch.name)
        token = desk.hand_over("sealed")
        desk.let_claim(token, "a launcher", "n1", "7")
        desk.hear(token, Beat(logs={}, times=[], started_us=1))

    async def end(self) -> Standing:
        while True:
            _, standing = await asyncio.wait_for(self._changed.get(), 60)
            if standing.phase in (Phase.ENDED, Phase.LOST):
                return standing


@pytest.fixture
async def running(tmp_path: Path, cluster: Cluster) -> AsyncIterator[Running]:
    settings = SlurmSettings("http://localhost", poll_every_s=0.05)
    engine = SlurmEngine(tmp_path / "executions", settings, lambda launch: "sealed")
    changed: asyncio.Queue[tuple[Handle, Standing]] = asyncio.Queue()
    cluster.say("scontrol", "JobId=7 JobName=x JobState=RUNNING NodeList=n1")
    await engine.start(changed)
    launch = a_launch("true")
    await engine.submit(launch)
    yield Running(tmp_path / "executions", launch, changed)
    await engine.close()


async def test_what_ran_out_of_memory_is_told_so_though_it_has_left_the_queue(
    cluster: Cluster, running: Running
) -> None:
    cluster.say("scontrol", "JobId=7 JobName=x JobState=OUT_OF_MEMORY NodeList=n1")
    assert (await running.end()).reason is Reason.OUT_OF_MEMORY


async def test_what_ran_out_of_time_is_told_so_though_it_has_left_the_queue(cluster: Cluster, running: Running) -> None:
    cluster.say("scontrol", "JobId=7 JobName=x JobState=TIMEOUT NodeList=n1")
    assert (await running.end()).reason is Reason.TIMEOUT


async def test_a_launcher_that_was_killed_is_lost(cluster: Cluster, running: Running) -> None:
    cluster.say("scontrol", "JobId=7 JobName=x JobState=FAILED NodeList=n1")
    ended = await running.end()
    assert (ended.phase, ended.detail) == (Phase.LOST, "its launcher on n1 was killed")


async def test_a_silence_counts_only_while_somebody_is_there_to_hear(
    cluster: Cluster, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capsulier.engines.slurm.engine._LOST_AFTER_S", 0.5)
    os.utime(running.desk.directory / "heard", (1, 1))
    cluster.say("scontrol", "JobId=7 JobName=x JobState=NODE_FAIL NodeList=n1")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(running.end(), 2)
    opening = asyncio.create_task(keep_open(running.root))
    assert (await running.end()).phase is Phase.LOST
    opening.cancel()
