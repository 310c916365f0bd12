"""How the conformance kit meets the local engine, and what its own tests share."""

from pathlib import Path

from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Engine, Handle
from tests.engines.conformance.kit import Kit


class OnLocal(Kit):
    """A kit over the local engine."""

    def make_engine(self, place: Path) -> Engine:
        return LocalEngine(place)

    async def read_log(self, place: Path, handle: Handle, stream: str) -> bytes:
        log = directory_of(place, handle["name"]) / f"{stream}.log"
        return log.read_bytes() if log.exists() else b""
