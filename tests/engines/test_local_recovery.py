"""What survives our own death, a frozen leader, and a restart of the machine."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from capsulier.core.launch import Launch, Limits
from capsulier.core.reasons import Reason
from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Handle, Phase
from tests.engines import manager
from tests.engines.conformance.kit import HOLDS, NewEngine
from tests.engines.conformance.usage import BUSY
from tests.engines.local import OnLocal, alive
from tests.engines.watched import Watched, a_launch, until


@contextmanager
def a_manager(place: Path, launches: list[Launch], *how: str) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, manager.__file__, str(place), json.dumps([each.as_json() for each in launches]), *how]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


class TestRecovery(OnLocal):
    async def test_a_killed_manager_loses_no_program_no_byte_and_no_exit_code(
        self, watched: Watched, place: Path, tmp_path: Path
    ) -> None:
        env = {"HERE": str(tmp_path)}
        early = [a_launch(f"echo early {number}; exit {number}", env=env) for number in range(20)]
        late = [a_launch(f"{HOLDS} echo late {number}; exit {number}", env=env) for number in range(20)]
        failed = a_launch("exit 1", env=env)
        with a_manager(place, [*early, *late, failed]) as process:
            handles = {(handle := json.loads(said(process)))["name"]: handle for _ in [*early, *late, failed]}
            # A wrapper that had no time to claim would be fenced, and rightly.
            await until(lambda: all((directory_of(place, name) / "claim").exists() for name in handles))
            process.send_signal(signal.SIGKILL)
            process.wait()
        known: list[tuple[Launch, Handle | None]] = [(each, handles[each.name]) for each in early]
        unknown: list[tuple[Launch, Handle | None]] = [(each, None) for each in late]
        standings = dict(await watched.engine.recover(known + unknown))
        assert all(standings[each.name].phase is Phase.RUNNING for each in late)
        (tmp_path / "go").touch()
        for number, launch in enumerate(early + late):
            standing = standings[launch.name]
            if standing.phase is Phase.RUNNING:
                standing = await watched.end_of(handles[launch.name])
            assert (standing.phase, standing.exit_code) == (Phase.ENDED, number % 20)
            words = b"early" if launch in early else b"late"
            assert await self.read_log(place, {"name": launch.name}, "stdout") == b"%s %d\n" % (words, number % 20)

    async def test_what_a_program_has_used_outlives_its_manager(
        self, watched: Watched, place: Path, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch(f"{HOLDS} {sys.executable} -I -S -c '{BUSY.format(s=0.3)}'", env=here)
        with a_manager(place, [launch]) as process:
            handle = json.loads(said(process))
            await until((tmp_path / "holds").exists)
        await watched.engine.recover([(launch, handle)])
        (tmp_path / "go").touch()
        standing = await watched.end_of(handle)
        assert standing.cpu_us is not None
        assert 280_000 <= standing.cpu_us < 3_000_000

    async def test_programs_that_ended_while_no_manager_was_there_are_known(
        self, place: Path, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch(HOLDS + "echo last words >&2; exit 11", env=here)
        with a_manager(place, [launch]) as process:
            handle = json.loads(said(process))
            await until((tmp_path / "holds").exists)
        (tmp_path / "go").touch()
        await until(lambda: not alive(place, handle))
        watched = await new_engine()
        standing = (await watched.engine.recover([(launch, handle)]))[launch.name]
        assert (standing.phase, standing.exit_code, standing.reason) == (Phase.ENDED, 11, Reason.EXIT)
        assert await self.read_log(place, handle, "stderr") == b"last words\n"

    async def test_a_program_whose_wrapper_died_while_no_manager_was_there_is_lost_and_ended(
        self, place: Path, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch(HOLDS, env=here)
        with a_manager(place, [launch]) as process:
            handle = json.loads(said(process))
            await until((tmp_path / "holds").exists)
        wrapper = int((directory_of(place, launch.name) / "claim").read_text().split()[0])
        os.kill(wrapper, signal.SIGKILL)
        await until(lambda: wrapper not in [process.pid for process in alive(place, handle)])
        assert alive(place, handle) != []
        watched = await new_engine()
        standing = (await watched.engine.recover([(launch, handle)]))[launch.name]
        assert (standing.phase, standing.reason, standing.ran) == (Phase.LOST, Reason.LOST, True)
        assert standing.detail == "its process disappeared"
        assert alive(place, handle) == []

    async def test_the_reason_of_a_limit_survives_us(self, place: Path, new_engine: NewEngine) -> None:
        launch = a_launch(
            "trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done",
            limits=Limits(timeout_s=0.2, grace_s=20),
        )
        with a_manager(place, [launch]) as process:
            handle = json.loads(said(process))
            await until((directory_of(place, launch.name) / "ended_by").is_symlink)
        watched = await new_engine()
        answer = (await watched.engine.recover([(launch, handle)]))[launch.name]
        standing = answer if answer.phase is Phase.ENDED else await watched.end_of(handle)
        assert (standing.reason, standing.exit_code) == (Reason.TIMEOUT, 0)


class TestFrozenLeader(OnLocal):
    async def test_a_leader_frozen_before_its_spawn_starts_nothing_once_another_has_decided(
        self, place: Path, watched: Watched, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch('touch "$HERE/ran"', env=here)
        with a_manager(place, [launch], "freeze") as process:
            await until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
            standing = (await watched.engine.recover([(launch, None)]))[launch.name]
            assert (standing.phase, standing.ran) == (Phase.LOST, False)
            process.send_signal(signal.SIGCONT)
            assert json.loads(said(process))["name"] == launch.name
            said(process)
            assert "it was never started" in said(process)
        assert not (tmp_path / "ran").exists()

    async def test_of_many_racing_wrappers_one_gets_past_the_claim(
        self, place: Path, here: dict[str, str], tmp_path: Path
    ) -> None:
        engines = [await Watched(LocalEngine(place)).start() for _ in range(4)]
        launches = [a_launch(f'echo {number} >>"$HERE/starts"', env=here) for number in range(50)]
        for launch in launches:
            await asyncio.gather(*(each.engine.submit(launch) for each in engines))
        for each in engines:
            for launch in launches:
                assert (await each.end_of({"name": launch.name})).exit_code == 0
            await each.engine.close()
        assert sorted(map(int, (tmp_path / "starts").read_text().split())) == list(range(50))


class TestAnotherStart(OnLocal):
    """The machine was restarted: simulated by another boot id."""

    @pytest.fixture
    async def restarted(self, place: Path) -> Watched:
        return await Watched(LocalEngine(place, boot_id="after-the-restart")).start()

    async def test_what_ran_is_lost_and_the_detail_says_why(
        self, watched: Watched, restarted: Watched, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch(HOLDS, env=here)
        handle = await watched.engine.submit(launch)
        await until((tmp_path / "holds").exists)
        standing = (await restarted.engine.recover([(launch, handle)]))[launch.name]
        assert (standing.phase, standing.reason, standing.ran) == (Phase.LOST, Reason.LOST, True)
        assert standing.detail == "the machine was restarted"

    async def test_what_had_ended_before_is_known(self, watched: Watched, restarted: Watched) -> None:
        launch = a_launch("exit 12")
        handle = await watched.engine.submit(launch)
        await watched.end_of(handle)
        assert (await restarted.engine.recover([(launch, handle)]))[launch.name].exit_code == 12

    async def test_a_missing_claim_proves_nothing_after_a_restart(self, watched: Watched, restarted: Watched) -> None:
        await watched.engine.recover([])
        standing = await restarted.engine.recover([(a_launch(":"), None)])
        (lost,) = standing.values()
        assert (lost.phase, lost.ran, lost.detail) == (Phase.LOST, True, "the machine was restarted")
        (second,) = (await restarted.engine.recover([(a_launch(":"), None)])).values()
        assert second.ran is False, "by then the restart is behind us"

    async def test_another_machine_is_not_judged(self, watched: Watched, place: Path) -> None:
        launch = a_launch("sleep 60")
        handle = await watched.engine.submit(launch)
        other = await Watched(LocalEngine(place, machine_id="elsewhere")).start()
        assert await other.engine.recover([(launch, handle)]) == {}
        await until((directory_of(place, launch.name) / "claim").exists)
        assert await other.engine.recover([(launch, None)]) == {}
        assert await other.engine.poll([handle]) == {}
        await other.engine.stop(handle, force=True)
        assert (await watched.engine.poll([handle]))[launch.name].phase is Phase.RUNNING
        await watched.engine.stop(handle, force=True)
        await watched.end_of(handle)
        await other.engine.close()

    async def test_a_process_id_that_is_a_stranger_s_by_now_is_not_followed(
        self, watched: Watched, new_engine: NewEngine, place: Path
    ) -> None:
        launch = a_launch("sleep 60")
        handle = await watched.engine.submit(launch)
        claim = directory_of(place, launch.name) / "claim"
        await until(lambda: claim.exists() and claim.read_text().endswith("\n"))
        stranger = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
        claim.write_text(claim.read_text().replace(claim.read_text().split()[0], str(stranger.pid)))
        later = await new_engine()
        standing = (await later.engine.recover([(launch, handle)]))[launch.name]
        assert (standing.phase, standing.reason) == (Phase.LOST, Reason.LOST)
        assert psutil.Process(stranger.pid).status() == psutil.STATUS_SLEEPING, "and it is not harmed"
        stranger.kill()
        await stranger.wait()
