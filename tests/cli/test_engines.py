"""`capsulier engines`: where executions run."""

import os

from tests.cli.conftest import Capsulier
from tests.servers import until


def test_the_engine_its_node_and_what_it_can_are_listed(capsulier: Capsulier) -> None:
    [engine] = until(lambda: capsulier("engines", "--json").json)
    assert (engine["name"], engine["is_fresh"]) == ("local", True)
    [node] = engine["nodes"]
    assert (node["name"], node["cpus"]) == (os.uname().nodename, len(os.sched_getaffinity(0)))
    listed = capsulier("engines").said
    assert node["name"] in listed
    assert "enforces cpu, enforces memory" in listed
