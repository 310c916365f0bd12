"""Capsulier over a real Slurm cluster, as processes of their own, with everything that can be killed."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.engines.cluster import SlurmCluster, slurm_cluster
from tests.engines.far_node import FarNetwork
from tests.servers import Server, serving

_SETTINGS = """
[slurm]
manager_url = "http://{here}:{port}"
memory_mb = 64
poll_every_s = {poll_every_s}
answer_within_s = 5

[[runs]]
platform = "main"
job = "here*"
engine = "local"

[[runs]]
job = "far*"
engine = "slurm"
partition = "far"

[[runs]]
engine = "slurm"
"""


@contextmanager
def on_cluster(
    data_dir: Path, *, network: FarNetwork | None = None, poll_every_s: float = 0.5, **environment: str
) -> Iterator[tuple[Server, SlurmCluster]]:
    """`capsulier serve` that hands every job but those called `here…` to the cluster, those called `far…` to its last
    node."""
    data_dir.mkdir(parents=True)
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    here = network.here if network else "127.0.0.1"
    (data_dir / "engines.toml").write_text(_SETTINGS.format(here=here, port=port, poll_every_s=poll_every_s))
    environment |= {"CAPSULIER_LEASE_S": "2", "CAPSULIER_ALLOWED_HOSTS": f"127.0.0.1,0.0.0.0,{here}"}
    with (
        slurm_cluster(network=network) as cluster,
        serving(
            data_dir, "serve", "--host", "0.0.0.0", "--port", str(port), **cluster.environment, **environment
        ) as server,
    ):
        yield server, cluster
