"""The local engine: the conformance kit, and what only it promises."""

from pathlib import Path

from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Engine, Handle
from tests.engines.conformance import EngineConformance


class TestLocalEngine(EngineConformance):
    def make_engine(self, place: Path) -> Engine:
        return LocalEngine(place)

    async def read_log(self, place: Path, handle: Handle, stream: str) -> bytes:
        log = directory_of(place, handle["name"]) / f"{stream}.log"
        return log.read_bytes() if log.exists() else b""
