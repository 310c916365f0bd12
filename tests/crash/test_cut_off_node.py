"""A node of the cluster that is cut off by its network, for longer than Slurm waits, and then healed."""

from pathlib import Path

import pytest

from tests.crash.on_cluster import on_cluster
from tests.crash.test_cluster import COUNT, has_become, look_at, make_job, programs_of, run
from tests.engines.far_node import can_make_networks, far_network
from tests.servers import until

pytestmark = [pytest.mark.crash, pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.mark.skipif(not can_make_networks(), reason="only root can make a network, and not in every container")
def test_its_executions_are_lost_once_and_their_copies_dead_within_ten_seconds_of_healing(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with (
        far_network() as network,
        on_cluster(tmp_path / "data", network=network) as (server, _),
        server.api() as api,
    ):
        job = make_job(api, COUNT.format(runs=runs) + "while :; do echo on; sleep 0.2; done", name="far")
        execution = run(api, job)
        has_become(api, execution, "running")
        assert look_at(api, execution)["node"] == "n3"
        short = run(api, make_job(api, COUNT.format(runs=runs) + "sleep 4; echo said; exit 5", name="far"))
        has_become(api, short, "running")
        network.cut()
        ended = server.wait_for_end(api, execution, within_s=120)
        assert (ended["state"], ended["reason"]) == ("failed", "lost")
        assert "n3" in ended["why"]
        assert server.wait_for_end(api, short, within_s=120)["reason"] == "lost", "nobody could hear how it ended"
        assert programs_of(execution), "the copy lives on where nobody reaches it"
        network.heal()
        until(lambda: not programs_of(execution), within_s=30, what="the fenced copy to be dead")
        again = run(api, make_job(api, COUNT.format(runs=runs) + "true", name="far"))
        assert server.wait_for_end(api, again, within_s=60)["state"] == "success", "the node is back"
        placements = runs.read_text().split()
        assert sorted(placements) == sorted([f"{execution}-1", f"{short}-1", f"{again}-1"])
