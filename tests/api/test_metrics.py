"""What Prometheus reads: right counts, for those who may see all platforms."""

from collections.abc import Callable

import httpx
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.ledger.stops import request_stop
from capsulier.services.figures import CONDUCTOR, hand_over
from capsulier.store.models import Figures
from tests.builders import make_job, make_platform, new_execution

pytestmark = pytest.mark.database

_MINUTE_US = 60_000_000


def metrics(client: httpx.Client) -> dict[str, Metric]:
    """The families by name; no name may come twice."""
    answer = client.get(client.base_url.copy_with(path="/metrics"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    return {family.name: family for family in families}


def values(family: Metric) -> dict[tuple[str, ...], float]:
    """By the values of the labels, in the order of the labels' names but for the platform, which comes first."""
    order = sorted({name for sample in family.samples for name in sample.labels}, key=lambda each: each != "platform")
    return {tuple(sample.labels[name] for name in order): sample.value for sample in family.samples}


@pytest.fixture
def viewer(signed_in: Callable[..., httpx.Client]) -> httpx.Client:
    client = signed_in(Role.VIEWER)
    client.event_hooks = {"response": []}  # it is no part of the API's schema
    return client


def test_executions_are_counted_by_how_they_ended_and_by_what_they_do(viewer: httpx.Client) -> None:
    job = make_job()
    ids = [each.id for each in queue([new_execution(job) for _ in range(6)], 1_000_000)]
    place(ids[:4], engine="local", node="here", now_us=2_000_000)
    record([Begun(each, 1, 3_000_000, {"name": f"{each}-1"}) for each in ids[:3]], 3_000_000)
    record([Ended(ids[0], Reason.EXIT, 4_000_000, exit_code=0)], 4_000_000)
    record([Ended(ids[1], Reason.EXIT, 4_000_000, exit_code=3)], 4_000_000)
    request_stop([ids[5]], by="Ana", now_us=5_000_000)

    found = metrics(viewer)
    ended, live = values(found["capsulier_executions_ended"]), values(found["capsulier_executions"])
    assert ended == {("main", "success"): 1, ("main", "failed"): 1, ("main", "killed"): 1}
    assert live == {("main", "queued"): 1, ("main", "pending"): 1, ("main", "running"): 1}
    assert values(found["capsulier_jobs"]) == {("main",): 1}
    assert values(found["capsulier_leader"]) == {(): 0}
    assert values(found["capsulier_disk_free_bytes"])[()] > 0
    assert found["capsulier_web_request_seconds"].samples


def test_the_conductors_figures_stand_in_it_while_they_are_new(viewer: httpx.Client) -> None:
    hand_over(CONDUCTOR, "# TYPE capsulier_conductor_last_turn gauge\ncapsulier_conductor_last_turn 5.0\n")
    hand_over(CONDUCTOR, "# TYPE capsulier_conductor_last_turn gauge\ncapsulier_conductor_last_turn 7.0\n")
    assert values(metrics(viewer)["capsulier_conductor_last_turn"]) == {(): 7.0}
    Figures.objects.update(at_us=now_us() - _MINUTE_US)
    assert "capsulier_conductor_last_turn" not in metrics(viewer)


def test_they_are_for_those_who_may_see_every_platform(viewer: httpx.Client, address: str) -> None:
    metrics(viewer)
    make_platform("other")
    refused = viewer.get(f"{address}/metrics")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    nobody = httpx.get(f"{address}/metrics", trust_env=False)
    assert nobody.status_code == 401
    assert "Bearer" in nobody.headers["www-authenticate"]
