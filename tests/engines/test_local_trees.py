"""Ending whole trees, and programs that do not want to be ended."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil

from capsulier.core.launch import Limits, PlacedFile
from capsulier.core.reasons import Reason
from capsulier.engines.local import LocalEngine
from capsulier.engines.protocol import Phase
from tests.engines.local import OnLocal, alive
from tests.engines.watched import Watched, a_launch, until

GRACE = Limits(grace_s=0.3)


class TestTrees(OnLocal):
    async def test_children_that_left_the_session_are_ended_too(self, watched: Watched, place: Path) -> None:
        command = (
            "setsid sleep 61 & "
            "nohup sleep 62 >/dev/null 2>&1 & "
            "(setsid sh -c 'sleep 63 & exit' &) ; "
            f"{sys.executable} -c 'import os, time\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\n"
            'print("daemon", flush=True); time.sleep(64)\' ; '
            "echo ready; sleep 65"
        )
        handle = await watched.submit(command, limits=Limits(grace_s=5))
        await self.wait_for_output(place, handle, b"ready")
        await self.wait_for_output(place, handle, b"daemon")
        await until(lambda: len({process.name() for process in alive(place, handle)} & {"sleep"}) == 1)
        await watched.engine.stop(handle)
        assert (await watched.end_of(handle)).signal == signal.SIGTERM
        assert alive(place, handle) == []

    async def test_what_ignores_term_outside_the_session_is_killed_before_the_end_is_told(
        self, watched: Watched, place: Path
    ) -> None:
        command = "setsid sh -c \"trap '' TERM; echo deaf; while :; do sleep 0.05; done\" & sleep 60"
        handle = await watched.submit(command, limits=GRACE)
        await self.wait_for_output(place, handle, b"deaf")
        await watched.engine.stop(handle)
        assert (await watched.end_of(handle)).signal == signal.SIGTERM, "the command itself did as it was told"
        assert alive(place, handle) == []

    async def test_two_executions_do_not_end_each_other(self, watched: Watched, place: Path) -> None:
        handles = [await watched.submit("setsid sleep 60 & echo ready; sleep 60") for _ in range(2)]
        for handle in handles:
            await self.wait_for_output(place, handle, b"ready")
        await watched.engine.stop(handles[0], force=True)
        await watched.end_of(handles[0])
        assert alive(place, handles[0]) == []
        assert len(alive(place, handles[1])) >= 3
        await watched.engine.stop(handles[1], force=True)
        await watched.end_of(handles[1])

    async def test_two_installations_on_one_machine_do_not_end_each_other_s(
        self, watched: Watched, tmp_path: Path, place: Path
    ) -> None:
        other = await Watched(LocalEngine(tmp_path / "place" / "other")).start()
        launch = a_launch("setsid sleep 60 & sleep 60")
        for each in (watched, other):
            await each.hear(await each.engine.submit(launch), Phase.RUNNING)
        await until(lambda: len(alive(place / "other")) == 4)
        await watched.engine.stop({"name": launch.name}, force=True)
        await watched.end_of({"name": launch.name})
        assert len(alive(place / "other")) == 4
        await other.engine.stop({"name": launch.name}, force=True)
        await other.end_of({"name": launch.name})
        assert alive(place) == []
        await other.engine.close()

    async def test_what_a_command_left_behind_at_its_own_end_is_left_alone(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("setsid sleep 60 & exit 3")
        assert (await watched.end_of(handle)).exit_code == 3
        (left,) = alive(place, handle)
        left.kill()

    async def test_a_stopped_program_hears_the_stop(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("echo ready; kill -STOP $$; sleep 60", limits=Limits(grace_s=10))
        await self.wait_for_output(place, handle, b"ready")
        await until(lambda: any(process.status() == psutil.STATUS_STOPPED for process in alive(place, handle)))
        await watched.engine.stop(handle)
        assert (await watched.end_of(handle, within_s=30)).signal == signal.SIGTERM

    async def test_a_program_that_stopped_its_whole_group_ends_with_its_own_code(
        self, watched: Watched, place: Path
    ) -> None:
        handle = await watched.submit("trap 'exit 5' TERM; echo ready; kill -STOP 0", limits=Limits(grace_s=10))
        await self.wait_for_output(place, handle, b"ready")
        await until(lambda: all(process.status() == psutil.STATUS_STOPPED for process in alive(place, handle)))
        await watched.engine.stop(handle)
        assert (await watched.end_of(handle, within_s=30)).exit_code == 5

    async def test_a_program_that_forks_faster_than_one_can_look_loses(self, watched: Watched, place: Path) -> None:
        racer = "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('off', flush=True)\n"
        racer += "for _ in range(20000):\n    if os.fork(): os._exit(0)\n"
        handle = await watched.submit(f'{sys.executable} -c "{racer}" & sleep 60', limits=GRACE)
        await self.wait_for_output(place, handle, b"off")
        await watched.engine.stop(handle)
        await watched.end_of(handle)
        assert alive(place, handle) == []

    async def test_killing_its_own_wrapper_ends_the_rest_and_is_told_as_lost(
        self, watched: Watched, place: Path
    ) -> None:
        handle = await watched.submit("setsid sleep 60 & echo ready; kill -KILL $PPID; sleep 60")
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.reason, standing.ran) == (Phase.LOST, Reason.LOST, True)
        assert standing.detail == "its wrapper was killed"
        assert alive(place, handle) == []

    async def test_signals_to_its_own_group_do_not_take_the_wrapper_along(self, watched: Watched) -> None:
        for name in ("TERM", "HUP", "INT", "QUIT", "USR1", "USR2", "ALRM"):
            standing = await watched.run(f"trap 'exit 9' {name}; kill -{name} 0; sleep 5")
            assert (standing.phase, standing.exit_code) == (Phase.ENDED, 9), name

    async def test_closed_output_changes_nothing(self, watched: Watched) -> None:
        assert (await watched.run("exec >&- 2>&- <&-; exit 8")).exit_code == 8

    async def test_many_stops_at_once_are_quick(self, watched: Watched, place: Path) -> None:
        handles = [await watched.submit("sleep 60", limits=Limits(grace_s=30)) for _ in range(100)]
        await asyncio.gather(*(watched.engine.stop(handle) for handle in handles))
        for handle in handles:
            assert (await watched.end_of(handle, within_s=30)).signal == signal.SIGTERM

    async def test_the_kernel_s_kill_is_told_as_a_signal(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("echo $$; exec sleep 60")
        await self.wait_for_output(place, handle, b"\n")
        os.kill(int(await self.read_log(place, handle, "stdout")), signal.SIGKILL)
        standing = await watched.end_of(handle)
        assert (standing.reason, standing.signal, standing.exit_code) == (Reason.SIGNAL, 9, 137)

    async def test_a_stop_while_files_are_placed_starts_nothing(
        self, watched: Watched, here: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "large").write_bytes(bytes(50_000_000))
        file = PlacedFile(str(tmp_path / "large"), "large", "", 50_000_000)
        handle = await watched.engine.submit(a_launch('touch "$HERE/ran"', env=here, files=(file,)))
        await watched.engine.stop(handle)
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.started_us) == (Phase.ENDED, None)
        assert not (tmp_path / "ran").exists()
