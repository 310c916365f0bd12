"""Steps and their log."""

import time
from pathlib import Path

from capsulier.core.launch import Step
from capsulier.core.reasons import Reason
from capsulier.engines.protocol import Phase
from tests.engines.conformance.kit import HOLDS, Kit
from tests.engines.watched import Watched, until


class Preparing(Kit):
    async def test_steps_run_before_the_command_and_into_their_own_log(self, watched: Watched, place: Path) -> None:
        steps = (Step("Make a file", "echo made >file; echo step one"), Step("Look", "cat file >&2"))
        handle = await watched.submit("cat file", steps=steps)
        assert (await watched.end_of(handle)).exit_code == 0
        assert await self.read_log(place, handle, "stdout") == b"made\n"
        assert await self.read_log(place, handle, "stderr") == b""
        assert (await self.read_log(place, handle, "setup")).splitlines()[1::2] == [b"step one", b"made"]

    async def test_a_step_that_fails_ends_it_and_its_last_words_say_why(self, watched: Watched, place: Path) -> None:
        steps = (Step("Install\npackages", "echo no matching distribution; exit 4"), Step("Never", "touch never"))
        handle = await watched.submit("echo ran", steps=steps)
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.SETUP)
        assert standing.detail == "Install packages: exit 4: no matching distribution"
        assert await self.read_log(place, handle, "stdout") == b""

    async def test_it_waits_while_it_is_prepared_and_runs_from_when_that_is_done(
        self, watched: Watched, here: dict[str, str], tmp_path: Path
    ) -> None:
        handle = await watched.submit("sleep 30", env=here, steps=(Step("Wait", HOLDS),))
        await until((tmp_path / "holds").exists)
        assert (await watched.engine.poll([handle]))[handle["name"]].phase is Phase.WAITING
        prepared_us = time.time_ns() // 1000
        (tmp_path / "go").touch()
        await watched.hear(handle, Phase.RUNNING)
        started_us = watched.told[handle["name"]][0].started_us
        assert started_us is not None
        assert started_us >= prepared_us - 50_000
        await watched.engine.stop(handle, force=True)
        await watched.end_of(handle)
