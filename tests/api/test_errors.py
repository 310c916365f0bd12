"""Bad input: a clear sentence at the field, as problem details, and nothing half made."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from capsulier.core.access import Role
from capsulier.services import run_job
from capsulier.store.models import Change, Execution, Job, Version
from tests.api.conftest import Clients
from tests.builders import make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

GOOD = {"name": "nightly", "capsule": "bash", "command": "true"}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": ""}, "name", "name"),
        ({"name": "taken"}, "name", "“taken” exists already"),
        ({"command": "echo 'no end"}, "command", "has no end"),
        ({"command": None, "capsule": "python"}, "package", "needs a package"),
        ({"schedule": {"cron": "0 0 31 2 *"}}, "cron", ""),
        ({"schedule": {"repeat": "R5/2026-12-01T08:00:00"}}, "schedule", "delay between runs is required"),
        ({"schedule": {"repeat": "R5/2026-12-01T08:00:00/P1D", "timezone": "Paris"}}, "timezone", "Europe/Paris"),
        ({"schedule": {}}, "schedule", "either"),
        ({"schedule": {"cron": "0 8 * * *", "until": "soon"}}, "schedule.until", ""),
        ({"alert_on": ["sometimes"]}, "alert_on.0", "success"),
        ({"retries": "many"}, "retries", "integer"),
        ({"retries": -1}, "retries", "at least 0"),
        ({"nmae": "x"}, "nmae", "not permitted"),
        ({"package": 4711}, "package", "4711"),
        ({"cpus": 1e999}, "cpus", ""),
        ({"capsule": "cobol"}, "capsule", "cobol"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    api: httpx.Client, given: dict[str, Any], field: str, words: str
) -> None:
    make_job("taken")
    before = facts()
    body = json.dumps(GOOD | given)
    answer = api.post("/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert answer.status_code == problem["status"] == (409 if problem["code"] == "name_taken" else 422)
    assert field in [each["field"] for each in problem["errors"]]
    assert words in problem["detail"]
    assert problem["type"] == f"urn:capsulier:problem:{problem['code']}"
    assert facts() == before


def test_every_mistake_is_named_at_once(api: httpx.Client) -> None:
    problem = api.post("/jobs", json=GOOD | {"name": "", "command": "", "retry_growth": 0}).json()
    assert [each["field"] for each in problem["errors"]] == ["name", "command", "retry_growth"]


def test_a_start_in_the_past_is_no_mistake(api: httpx.Client) -> None:
    schedule = {"repeat": "R/2020-01-01T00:00:00/PT1H"}
    job = api.post("/jobs", json=GOOD | {"schedule": schedule}).json()
    assert job["status"] == "waiting"
    assert job["next_fire_at"] is not None


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"null"])
def test_a_body_that_is_no_object_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"].endswith(".")


def test_a_body_that_is_too_large_is_refused(api: httpx.Client) -> None:
    answer = api.post("/jobs", json=GOOD | {"description": "x" * 3_000_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/4711",
        f"/jobs/{2**63}",
        f"/jobs/{10**30}",
        "/executions/4711",
        "/jobs/1/versions/9",
        "/executions/4711/logs/stdout",
        "/executions/4711/logs/stdout/follow",
        "/jobs/4711/versions/1/package",
        "/nowhere",
        "/jobs/x",
    ],
)
def test_what_is_not_there_is_not_found(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_job_that_is_not_there_cannot_be_run(api: httpx.Client) -> None:
    for job_id in (4711, 2**63):
        assert api.post(f"/jobs/{job_id}/run").status_code == 404


def test_a_method_that_an_address_does_not_take(api: httpx.Client) -> None:
    answer = api.put("/jobs")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/jobs?status=broken", "status"),
        ("/jobs?size=1000", "size"),
        ("/jobs?page=0", "page"),
        (f"/jobs?page={10**20}", "page"),
        ("/executions?state=broken", "state.0"),
        ("/executions?page=x", "page"),
    ],
)
def test_a_query_that_cannot_be_used_is_refused_at_its_parameter(api: httpx.Client, path: str, field: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_text_that_no_database_holds_is_refused(api: httpx.Client) -> None:
    assert api.get("/jobs", params={"search": "a\0"}).status_code == 400
    assert api.post("/jobs", json=GOOD | {"description": "\0"}).status_code == 422
    assert api.post("/jobs", json=GOOD | {"capsule": "\0"}).status_code == 422


def test_a_page_that_never_was_is_empty_or_the_first(api: httpx.Client) -> None:
    job = make_job()
    for page in ("²", "x", "5-x", f"{10**30}-1", ""):
        assert api.get(f"/jobs/{job.id}/fires", params={"page": page}).status_code == 200
    for page in (-1, 0, 10**30):
        assert api.get(f"/jobs/{job.id}/executions", params={"page": page}).status_code == 200
        assert api.get("/executions", params={"page": page}).status_code == 200


def test_stopping_what_has_ended_says_what_to_do_instead(api: httpx.Client) -> None:
    job = make_job("nightly")
    ran = api.post(f"/jobs/{job.id}/run").json()
    api.post(f"/executions/{ran['id']}/stop")
    problem = api.post(f"/executions/{ran['id']}/stop").json()
    assert (problem["status"], problem["code"]) == (409, "already_ended")
    assert problem["detail"] == ("Execution 1 of “nightly” has already ended (killed). Run the job again instead.")
    assert api.post(f"/jobs/{job.id}/stop").json()["code"] == "nothing_to_stop"


def test_a_job_in_the_trash_says_so(api: httpx.Client) -> None:
    job = make_job("nightly")
    api.delete(f"/jobs/{job.id}")
    for answer in (api.post(f"/jobs/{job.id}/run"), api.patch(f"/jobs/{job.id}", json={"retries": 1})):
        assert (answer.status_code, answer.json()["code"]) == (409, "job_deleted")


def test_somebody_who_was_faster_is_not_overwritten(api: httpx.Client) -> None:
    job = make_job()
    seen = api.get(f"/jobs/{job.id}").headers["ETag"]
    first = api.patch(f"/jobs/{job.id}", json={"description": "first"}, headers={"If-Match": seen})
    assert first.status_code == 200
    for method, path, body in (
        ("PATCH", "", {"description": "second"}),
        ("POST", "/versions", {"command": "true"}),
        ("POST", "/versions/1/rollback", None),
        ("PUT", "/schedule", {"cron": "0 8 * * *"}),
        ("DELETE", "/schedule", None),
        ("DELETE", "", None),
    ):
        stale = api.request(method, f"/jobs/{job.id}{path}", json=body, headers={"If-Match": seen})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale"), (method, path)
    assert api.get(f"/jobs/{job.id}").json() == first.json()
    again = api.patch(f"/jobs/{job.id}", json={"description": "second"}, headers={"If-Match": first.headers["ETag"]})
    assert again.json()["description"] == "second"
    assert api.patch(f"/jobs/{job.id}", json={"retries": 1}, headers={"If-Match": "*"}).status_code == 200
    assert api.patch(f"/jobs/{job.id}", json={"retries": 2}, headers={"If-Match": '"x"'}).status_code == 412


def test_two_jobs_of_one_name_at_once_are_one_job_and_one_refusal(signed_in: Clients) -> None:
    clients = [signed_in() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda client: client.post("/jobs", json=GOOD), clients))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "name_taken"}
    assert facts() == (1, 1, 1, 0)


def test_runs_at_once_are_all_there_and_numbered(signed_in: Clients) -> None:
    job = make_job()
    clients = [signed_in(Role.OPERATOR) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: clients[n % 4].post(f"/jobs/{job.id}/run"), range(40)))
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, 41))


def test_a_failure_of_our_own_says_nothing_of_its_inside(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = make_job()
    monkeypatch.setattr(run_job, "snapshot_of", lambda _: 1 / 0)
    answer = api.post(f"/jobs/{job.id}/run")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert not Execution.objects.exists()


def facts() -> tuple[int, ...]:
    return Job.objects.count(), Version.objects.count(), Change.objects.count(), Execution.objects.count()
