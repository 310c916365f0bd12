"""A name starts once."""

import asyncio
from pathlib import Path

from capsulier.engines.protocol import Phase
from tests.engines.conformance.kit import Kit, NewEngine
from tests.engines.watched import Watched, a_launch


class Submitting(Kit):
    async def test_submitting_twice_starts_once(self, watched: Watched, here: dict[str, str], tmp_path: Path) -> None:
        launch = a_launch('echo x >>"$HERE/starts"', env=here)
        handles = [await watched.engine.submit(launch) for _ in range(3)]
        assert handles[0] == handles[1] == handles[2]
        await watched.end_of(handles[0])
        assert await watched.engine.submit(launch) == handles[0]
        assert (tmp_path / "starts").read_text() == "x\n"

    async def test_two_engines_that_submit_the_same_start_it_once_and_both_see_its_end(
        self, new_engine: NewEngine, here: dict[str, str], tmp_path: Path
    ) -> None:
        one, other = await new_engine(), await new_engine()
        launches = [a_launch(f'echo {number} >>"$HERE/starts"; exit 6', env=here) for number in range(60)]
        for launch in launches:
            await asyncio.gather(one.engine.submit(launch), other.engine.submit(launch))
        for launch in launches:
            for watched in (one, other):
                standing = await watched.end_of({"name": launch.name})
                assert (standing.phase, standing.exit_code) == (Phase.ENDED, 6)
        assert sorted(map(int, (tmp_path / "starts").read_text().split())) == list(range(60))
