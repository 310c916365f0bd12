"""What a later engine object finds."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from capsulier.core.launch import Limits
from capsulier.core.reasons import Reason
from capsulier.engines.protocol import Phase
from tests.engines.conformance.kit import HOLDS, IGNORES_TERM, Kit, NewEngine
from tests.engines.watched import a_launch, until


class Recovering(Kit):
    async def test_what_runs_goes_on_when_the_engine_is_closed_and_the_next_one_finds_it(
        self, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        first = await new_engine()
        launch = a_launch(HOLDS + "exit 9", env=here)
        handle = await first.engine.submit(launch)
        await until((tmp_path / "holds").exists)
        await first.hear(handle, Phase.RUNNING)
        await first.engine.close()
        second = await new_engine()
        assert (await second.engine.poll([handle]))[launch.name].phase is Phase.RUNNING
        standing = (await second.engine.recover([(launch, handle)]))[launch.name]
        assert standing.phase is Phase.RUNNING
        assert second.told[launch.name] == [], "the answer is no change"
        (tmp_path / "go").touch()
        ended = await second.end_of(handle)
        assert (ended.exit_code, ended.started_us) == (9, standing.started_us)

    async def test_what_ended_while_nobody_was_there_is_known(
        self, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        first = await new_engine()
        launch = a_launch(HOLDS + "exit 9", env=here)
        handle = await first.engine.submit(launch)
        await until((tmp_path / "holds").exists)
        await first.engine.close()
        (tmp_path / "go").touch()
        second = await new_engine()

        async def has_ended() -> bool:
            return (await second.engine.poll([handle]))[launch.name].phase is Phase.ENDED

        await until(has_ended)
        standing = (await second.engine.recover([(launch, handle)]))[launch.name]
        assert (standing.phase, standing.exit_code) == (Phase.ENDED, 9)
        assert second.told[launch.name] == []

    async def test_a_submit_that_never_happened_is_lost_and_safe_to_repeat(
        self, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        launch = a_launch('touch "$HERE/ran"', env=here)
        watched = await new_engine()
        standing = (await watched.engine.recover([(launch, None)]))[launch.name]
        assert (standing.phase, standing.reason, standing.ran) == (Phase.LOST, Reason.LOST, False)
        late = await new_engine()
        ended = await late.end_of(await late.engine.submit(launch))
        assert (ended.phase, ended.ran) == (Phase.LOST, False), "a straggler cannot start it any more"
        assert not (tmp_path / "ran").exists()
        again = await watched.end_of(await watched.engine.submit(replace(launch, placement=2)))
        assert (again.phase, again.exit_code) == (Phase.ENDED, 0)

    async def test_a_timeout_goes_on_counting_over_our_restart(self, new_engine: NewEngine) -> None:
        first = await new_engine()
        launch = a_launch("sleep 60", limits=Limits(timeout_s=2.0, grace_s=5))
        handle = await first.engine.submit(launch)
        await first.hear(handle, Phase.RUNNING)
        await first.engine.close()
        await asyncio.sleep(1.8)
        second = await new_engine()
        await second.engine.recover([(launch, handle)])
        recovered = time.monotonic()
        assert (await second.end_of(handle)).reason is Reason.TIMEOUT
        assert time.monotonic() - recovered < 1.9

    async def test_a_stop_goes_on_over_our_restart(self, new_engine: NewEngine, place: Path) -> None:
        first = await new_engine()
        launch = a_launch(IGNORES_TERM, limits=Limits(grace_s=0.5))
        handle = await first.engine.submit(launch)
        await self.wait_for_output(place, handle, b"ready")
        await first.engine.stop(handle)
        await first.engine.close()
        second = await new_engine()
        standing = (await second.engine.recover([(launch, handle)]))[launch.name]
        assert (standing if standing.phase is Phase.ENDED else await second.end_of(handle)).signal == 9
