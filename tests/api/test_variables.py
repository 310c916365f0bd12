"""Variables over HTTP: set, listed, never read back where they are secret."""

import httpx
import pytest

from capsulier.core.access import Role
from capsulier.store.models import Execution, Variable
from tests.api.conftest import Clients
from tests.builders import make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SECRET = "hunter22-and-more"


@pytest.fixture
def admin(signed_in: Clients) -> httpx.Client:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def url() -> str:
    return f"/jobs/{make_job('nightly').pk}"


def test_a_secret_goes_in_and_never_comes_out(admin: httpx.Client, url: str) -> None:
    put = admin.put(f"{url}/variables/TOKEN", json={"value": SECRET, "secret": True})
    ran = admin.post(f"{url}/run", json={"variables": {"TOKEN": f"{SECRET}-2"}, "secrets": {"OWN": f"{SECRET}-3"}})
    answers = [
        put,
        ran,
        admin.get(f"{url}/variables"),
        admin.get(f"{url}/variables/TOKEN"),
        admin.get(f"{url}/changes"),
    ]
    answers += [admin.get("/changes"), admin.get("/changes/export?format=jsonl"), admin.get(f"{url}/executions")]
    answers.append(admin.put(f"{url}/variables/TOKEN", json={"value": f"{SECRET}\0"}))
    for answer in answers:
        assert SECRET not in answer.text
    assert put.json()["value"] is None
    assert ran.json()["variables"] == ["OWN", "TOKEN"]
    assert SECRET not in str(Execution.objects.values_list("variables", "snapshot", "given"))


def test_a_job_lists_its_own_and_those_of_its_platform(admin: httpx.Client, url: str) -> None:
    for name in ("A", "B"):
        admin.put(f"/variables/{name}", json={"value": "of all"})
    admin.put(f"{url}/variables/B", json={"value": "of one"})
    shown = [(each["name"], each["value"], each["of_job"]) for each in admin.get(f"{url}/variables").json()["items"]]
    assert shown == [("A", "of all", False), ("B", "of one", True)]
    assert [each["value"] for each in admin.get("/variables").json()["items"]] == ["of all", "of all"]


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("1A", {"value": "1"}, "name"),
        ("PATH", {"value": "1"}, "name"),
        ("CAPSULIER_X", {"value": "1"}, "name"),
        ("A", {"value": "a\0b"}, "value"),
        ("A", {"value": "abc", "secret": True}, "value"),
        ("A", {}, "value"),
        ("A", {"value": "1", "hidden": True}, "hidden"),
    ],
)
def test_what_cannot_be_used_is_a_problem_at_its_field(
    admin: httpx.Client, url: str, name: str, body: dict[str, object], field: str
) -> None:
    answer = admin.put(f"{url}/variables/{name}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not Variable.objects.exists()


def test_nobody_overwrites_what_they_have_not_seen(admin: httpx.Client, url: str) -> None:
    seen = admin.put(f"{url}/variables/A", json={"value": "1"}).headers["ETag"]
    admin.put(f"{url}/variables/A", json={"value": "2"})
    for answer in (
        admin.put(f"{url}/variables/A", json={"value": "3"}, headers={"If-Match": seen}),
        admin.delete(f"{url}/variables/A", headers={"If-Match": seen}),
    ):
        assert answer.status_code == 412
    assert admin.get(f"{url}/variables/A").json()["value"] == "2"


def test_each_role_may_what_the_table_says(signed_in: Clients, url: str) -> None:
    for role, plain, secret in ((Role.VIEWER, 403, 403), (Role.EDITOR, 200, 403), (Role.ADMINISTRATOR, 200, 200)):
        client = signed_in(role)
        assert client.put(f"{url}/variables/A", json={"value": "1"}).status_code == plain
        assert client.put(f"{url}/variables/B", json={"value": "1234", "secret": True}).status_code == secret
        assert client.put("/variables/A", json={"value": "1"}).status_code == secret
        assert client.get("/variables").status_code == 200


def test_a_stranger_finds_nothing(signed_in: Clients, url: str) -> None:
    stranger = signed_in(Role.ADMINISTRATOR, make_platform("elsewhere"))
    for method, address in (("GET", f"{url}/variables"), ("PUT", f"{url}/variables/A"), ("GET", "/variables")):
        assert stranger.request(method, address, json={"value": "1"}).status_code == 404


def test_a_failure_is_compared_with_the_last_success_by_its_variables_too(admin: httpx.Client) -> None:
    from tests.web.past import past_execution  # noqa: PLC0415

    job = make_job("compared")
    ids = []
    for value in ("first-secret", "second-secret"):
        admin.put(f"/jobs/{job.pk}/variables/TOKEN", json={"value": value, "secret": True})
        admin.put(f"/jobs/{job.pk}/variables/DAY", json={"value": value[:3]})
        ids.append({row.name: row.pk for row in Variable.objects.filter(ended_us=None)})
    success = past_execution(job, ago_s=500, given=ids[0])
    failed = past_execution(job, "failed", ago_s=100, given=ids[1])
    found = admin.get(f"/executions/{failed.pk}/what-changed").json()
    assert found["since"] == success.pk
    assert [(each["label"], each["before"], each["after"]) for each in found["differences"]] == [
        ("Variable DAY", "fir", "sec"),
        ("Variable TOKEN", "one value", "another"),
    ]
