"""What the parts of the kit share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from capsulier.engines.protocol import Engine, Handle
from tests.engines.watched import Watched, until

NewEngine = Callable[[], Awaitable[Watched]]

HOLDS = 'touch "$HERE/holds"; until [ -e "$HERE/go" ]; do sleep 0.02; done; '
"""A command that shows itself, then waits for us."""

IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


class Kit:
    """Inherit and give `make_engine` and `read_log`."""

    def make_engine(self, place: Path) -> Engine:
        """One more engine object over the same place."""
        raise NotImplementedError

    async def read_log(self, place: Path, handle: Handle, stream: str) -> bytes:
        """The bytes of `stdout`, `stderr` or `setup` so far."""
        raise NotImplementedError

    @pytest.fixture
    async def new_engine(self, tmp_path: Path) -> AsyncIterator[NewEngine]:
        made: list[Watched] = []

        async def new() -> Watched:
            made.append(await Watched(self.make_engine(tmp_path / "place")).start())
            return made[-1]

        yield new
        for watched in made:
            await watched.engine.close()

    @pytest.fixture
    async def watched(self, new_engine: NewEngine) -> Watched:
        return await new_engine()

    @pytest.fixture
    def here(self, tmp_path: Path) -> dict[str, str]:
        """Variables of a command that talks with its test through files."""
        return {"HERE": str(tmp_path)}

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        return tmp_path / "place"

    async def wait_for_output(self, place: Path, handle: Handle, words: bytes) -> None:
        """Wait until the program has said them."""

        async def has_said() -> bool:
            return words in await self.read_log(place, handle, "stdout")

        await until(has_said)
