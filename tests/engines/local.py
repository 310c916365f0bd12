"""How the conformance kit meets the local engine, and what its own tests share."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Engine, Handle
from tests.engines.conformance.kit import Kit


def alive(place: Path, handle: Handle | None = None) -> list[psutil.Process]:
    """What lives of a placement, or of all of a place, as its environment tells: a look that is not the engine's."""
    mark = str(directory_of(place, handle["name"]) if handle else place)
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get("CAPSULIER_PLACEMENT", "")
            if (marked == mark or marked.startswith(f"{mark}/")) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


class OnLocal(Kit):
    """A kit over the local engine."""

    def make_engine(self, place: Path) -> Engine:
        return LocalEngine(place)

    async def read_log(self, place: Path, handle: Handle, stream: str) -> bytes:
        log = directory_of(place, handle["name"]) / f"{stream}.log"
        return log.read_bytes() if log.exists() else b""

    @pytest.fixture(autouse=True)
    def _leave_nothing_running(self, tmp_path: Path) -> Iterator[None]:
        """Also where a test failed."""
        yield
        for process in alive(tmp_path / "place"):
            process.kill()
