"""Platforms over HTTP."""

import httpx
import pytest

from capsulier.core.access import Role
from capsulier.services.identity import administrator, create_token, local_key
from tests.api.conftest import Clients
from tests.builders import make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chief(nobody: httpx.Client) -> httpx.Client:
    nobody.headers["Authorization"] = f"Bearer {local_key()}"
    return nobody


def test_a_platform_is_made_changed_archived_and_restored(chief: httpx.Client) -> None:
    made = chief.post("/platforms", json={"name": "data", "label": "Data team"})
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v2/platforms/data")
    assert made.json()["max_running"] == 32
    assert chief.patch("/platforms/data", json={"max_running": 3}).json()["label"] == "Data team"
    assert chief.patch("/platforms/data", json={"name": "team"}).json()["name"] == "team"
    job = chief.post("/jobs", json={"name": "x", "capsule": "bash", "platform": "team", "command": "true"}).json()
    assert chief.post("/platforms/team/archive").json()["archived_at"] is not None
    assert [each["name"] for each in chief.get("/platforms").json()["items"]] == ["main"]
    assert [each["name"] for each in chief.get("/platforms?archived=true").json()["items"]] == ["team"]
    refused = chief.post(f"/jobs/{job['id']}/run")
    assert (refused.status_code, refused.json()["code"]) == (409, "platform_archived")
    assert chief.post("/platforms/team/restore").json()["archived_at"] is None
    assert chief.post(f"/jobs/{job['id']}/run").status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "Data"}, 422, "name"),
        ({"name": "main"}, 409, "name"),
        ({"name": "x", "max_running": 0}, 422, "max_running"),
        ({"name": "x", "label": "a\u0000b"}, 422, "label"),
        ({"name": "x", "run_as": "no-such-one"}, 422, "run_as"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    chief: httpx.Client, body: dict[str, object], status: int, field: str
) -> None:
    answer = chief.post("/platforms", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


def test_lists_and_events_are_of_the_platform_that_is_named(signed_in: Clients) -> None:
    data = make_platform("data")
    api = signed_in(Role.EDITOR)
    signed_in(Role.EDITOR, data)
    inside, outside = make_job(platform=data), make_job()
    for job in (inside, outside):
        api.post(f"/jobs/{job.id}/run")
    assert [each["id"] for each in api.get("/jobs?platform=data").json()["items"]] == [inside.id]
    assert [each["job_id"] for each in api.get("/executions?platform=data").json()["items"]] == [inside.id]
    assert len(api.get("/jobs").json()["items"]) == 2


def test_the_metrics_stay_readable_when_a_platform_is_archived(chief: httpx.Client) -> None:
    chief.post("/platforms", json={"name": "data"})
    chief.post("/platforms/data/archive")
    key = create_token(administrator(), "prometheus", Role.VIEWER)
    metrics = chief.base_url.copy_with(path="/metrics")
    assert chief.get(metrics, headers={"Authorization": f"Bearer {key}"}).status_code == 200
