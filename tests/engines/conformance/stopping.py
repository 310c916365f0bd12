"""Stop, force, and what programs make of them."""

import time
from pathlib import Path

from capsulier.core.launch import Limits
from capsulier.core.reasons import Reason
from capsulier.engines.protocol import Phase
from tests.engines.conformance.kit import IGNORES_TERM, Kit
from tests.engines.watched import Watched


class Stopping(Kit):
    async def test_stop_lets_a_program_end_well_and_its_exit_code_is_known(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done")
        await self.wait_for_output(place, handle, b"ready")
        await watched.engine.stop(handle)
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.exit_code, standing.reason) == (Phase.ENDED, 7, Reason.EXIT)
        assert await self.read_log(place, handle, "stdout") == b"ready\nbye\n"

    async def test_stop_kills_after_the_grace_what_does_not_end(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit(IGNORES_TERM, limits=Limits(grace_s=0.4))
        await self.wait_for_output(place, handle, b"ready")
        asked = time.monotonic()
        await watched.engine.stop(handle)
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.signal, standing.reason) == (Phase.ENDED, 9, Reason.SIGNAL)
        assert time.monotonic() - asked >= 0.35

    async def test_force_gives_no_grace(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit(IGNORES_TERM, limits=Limits(grace_s=60))
        await self.wait_for_output(place, handle, b"ready")
        await watched.engine.stop(handle)
        await watched.engine.stop(handle, force=True)
        assert (await watched.end_of(handle, within_s=30)).signal == 9

    async def test_a_stop_right_after_the_submit_ends_it(self, watched: Watched) -> None:
        handles = [await watched.submit("sleep 60", limits=Limits(grace_s=30)) for _ in range(20)]
        for handle in handles:
            await watched.engine.stop(handle)
        for handle in handles:
            assert (await watched.end_of(handle, within_s=30)).signal == 15

    async def test_stopping_what_has_ended_does_nothing(self, watched: Watched) -> None:
        handle = await watched.submit("exit 2")
        await watched.end_of(handle)
        await watched.engine.stop(handle)
        await watched.engine.stop(handle, force=True)
        assert (await watched.engine.poll([handle]))[handle["name"]].exit_code == 2
