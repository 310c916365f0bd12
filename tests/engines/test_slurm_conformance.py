"""The Slurm engine does what every engine must: on a real cluster, through a real web process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Engine, Handle
from capsulier.engines.slurm import SlurmEngine, SlurmSettings
from tests.engines.cluster import SlurmCluster, slurm_cluster
from tests.engines.conformance import EngineConformance
from tests.engines.conformance.kit import Kit
from tests.engines.launched import Web, web

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[SlurmCluster]:
    with slurm_cluster() as running:
        yield running


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web(tmp_path_factory.mktemp("slurm") / "data") as running:
        yield running


class OnSlurm(Kit):
    """A kit over the Slurm engine: every test shares the cluster and the web process, and so the place."""

    @pytest.fixture(autouse=True)
    def _on_cluster(self, cluster: SlurmCluster, manager: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        self._manager = manager
        yield
        cluster.run("scancel", "--me", "--signal=KILL", "--full")
        cluster.run("scancel", "--me")

    def make_engine(self, place: Path) -> Engine:
        manager = self._manager
        settings = SlurmSettings(manager_url=manager.address, memory_mb=64, poll_every_s=0.5)
        return SlurmEngine(manager.root, settings, manager.seal)

    async def read_log(self, place: Path, handle: Handle, stream: str) -> bytes:
        log = directory_of(self._manager.root, handle["name"]) / f"{stream}.log"
        return log.read_bytes() if log.exists() else b""


class TestConformance(OnSlurm, EngineConformance):
    pass
