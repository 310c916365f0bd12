"""Every operation of the schema works as it says."""

import html
import json

import httpx
import pytest

from capsulier.config import config
from capsulier.core.access import Role
from capsulier.core.launch import Launch, PlacedFile, Step
from capsulier.engines.launcher.desk import Desk
from capsulier.engines.protocol import Ability, Node
from capsulier.packages.storage import package_path
from capsulier.services.engines import note_engine
from capsulier.services.execution_files import execution_directory
from capsulier.services.identity import local_key
from capsulier.services.launchers import seal_launch
from capsulier.services.log_files import log_directory
from capsulier.store.models import Execution, Package
from tests.api import contract
from tests.api.conftest import Clients
from tests.builders import make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SCHEDULE = {"cron": "0 8 * * 1-5", "timezone": "Europe/Paris"}
BASIC_SCHEMA_VERSION = "3.1.0"


def test_the_schema_is_served_and_complete(nobody: httpx.Client) -> None:
    served = nobody.get("/openapi.json").json()
    assert served["openapi"] == BASIC_SCHEMA_VERSION
    assert set(served["paths"]) == set(contract.schema()["paths"])
    for path, methods in served["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["description"].endswith("."), where
            assert "default" in operation["responses"], where
            named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert all(f"{{{name}}}" in path for name in named), where
            assert path.count("{") == len(named), where
    text = json.dumps(served)
    for reference in {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in served["components"]["schemas"]


def test_the_reference_names_every_operation_and_shape(nobody: httpx.Client) -> None:
    page = nobody.get("/docs").text
    for path, methods in contract.schema()["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page
            assert html.escape(operation["description"].splitlines()[0]) in page
    for name in contract.schema()["components"]["schemas"]:
        assert f'id="{name}"' in page


def test_every_operation_answers_as_the_schema_says(signed_in: Clients, nobody: httpx.Client) -> None:
    """The client holds each answer against the schema."""
    api = signed_in()
    contract.seen.clear()
    _administer(nobody)
    for listing in ("/capsules", "/platforms", "/me", "/jobs", "/executions", "/totals"):
        assert api.get(listing).status_code == 200
    package = api.post("/packages", files={"file": ("load.py", b"print(1)")}).json()
    made = api.post(
        "/jobs",
        json={
            "name": "nightly",
            "capsule": "python",
            "package": package["id"],
            "command": "python {file} --day today",
            "description": "Loads the day.",
            "retries": 2,
            "alert_emails": ["a@b.c"],
            "alert_on": ["failure"],
            "schedule": SCHEDULE,
        },
    )
    assert made.status_code == 201
    job = f"/jobs/{made.json()['id']}"
    assert made.headers["Location"] == f"/api/v2{job}"
    assert api.get(job).json() == made.json()
    assert api.patch(job, json={"description": "Loads yesterday."}).json()["description"] == "Loads yesterday."
    assert api.get(f"{job}/changes").json()["items"][0]["verb"] == "edited"

    _go_through_versions(api, job)

    assert api.post("/schedules/preview", json=SCHEDULE).json()["fires"][0]["local"].endswith(("+01:00", "+02:00"))
    assert api.post(f"{job}/schedule/pause").json()["schedule"]["paused"] is True
    assert api.post(f"{job}/schedule/resume", json={"catch_up": "none"}).json()["next_fire_at"] is not None
    assert api.delete(f"{job}/schedule").json()["schedule"] is None
    assert api.put(f"{job}/schedule", json=SCHEDULE).json()["schedule"]["cron"] == SCHEDULE["cron"]
    assert api.get(f"{job}/fires").json() == {"items": [], "next": None}
    why = api.get(f"{job}/fires/why", params={"at": "2026-03-02T03:00:00Z"}).json()
    assert why["words"].startswith("Nothing was due at ")

    ran = api.post(f"{job}/run", json={"variables": {"DAY": "today"}})
    assert ran.status_code == 202
    execution = f"/executions/{ran.json()['id']}"
    waits = {"cause": "conductor", "words": "waits for a conductor: none is running", "position": 1}
    assert api.get(execution).json() == ran.json() | {"waits": waits}
    assert api.get(f"{job}/executions").json()["items"] == [ran.json() | {"waits": waits}]
    assert api.post(f"{execution}/stop", json={"force": True}).json()["state"] == "killed"
    api.post(f"{job}/run")
    assert len(api.delete(f"{job}/queue").json()["ended"]) == 1
    api.post(f"{job}/run")
    assert len(api.post(f"{job}/stop").json()["ended"]) == 1

    _read_files_and_events(api, ran.json()["id"])
    assert api.get(f"{execution}/what-changed").json() == {"since": None, "differences": []}
    _set_variables(api, f"{job}/variables")
    _issue_token(signed_in(Role.ADMINISTRATOR))

    assert api.post(f"{job}/copy").json()["name"] == "nightly (2)"
    assert api.delete(job).json()["deleted_at"] is not None
    assert api.post(f"{job}/restore").json()["deleted_at"] is None
    _launch(nobody, ran.json()["id"], package["id"])
    assert contract.operations() - contract.seen == set()


def _go_through_versions(api: httpx.Client, job: str) -> None:
    assert api.post(f"{job}/versions", json={"command": "python {file}", "note": "Shorter."}).json()["number"] == 2
    assert [each["number"] for each in api.get(f"{job}/versions").json()["items"]] == [2, 1]
    assert api.get(f"{job}/versions/1").json()["is_current"] is False
    _read_package(api, f"{job}/versions/1")
    assert api.post(f"{job}/versions/1/rollback").json()["is_current"] is True
    assert api.put(f"{job}/versions/1/major").json()["is_major"] is True
    assert api.delete(f"{job}/versions/1/major").json()["is_major"] is False


def _set_variables(api: httpx.Client, variables: str) -> None:
    assert api.put(f"{variables}/DAY", json={"value": "monday"}).json()["value"] == "monday"
    assert api.get(f"{variables}/DAY").headers["ETag"]
    assert [each["name"] for each in api.get(variables).json()["items"]] == ["DAY"]
    assert api.delete(f"{variables}/DAY").json()["name"] == "DAY"
    assert api.post(f"{variables}/DAY/restore").json()["value"] == "monday"


def _issue_token(chief: httpx.Client) -> None:
    made = chief.post("/tokens", json={"name": "ci", "role": "viewer", "platform": "main"}).json()
    assert made["token"]
    assert "ci" in {each["name"] for each in chief.get("/tokens").json()["items"]}
    assert chief.delete(f"/tokens/{made['id']}").status_code == 204


def _read_files_and_events(api: httpx.Client, execution_id: int) -> None:
    execution = f"/executions/{execution_id}"
    _write_log(execution_id, b"one\ntwo\n")
    assert api.get(f"{execution}/logs/stdout", params={"tail": 1}).text == "two\n"
    assert api.get(f"{execution}/logs/stdout/search", params={"q": "w"}).json()["total"] == 1
    assert "event: end" in api.get(f"{execution}/logs/stdout/follow").text
    _write_file(execution_id, "made.txt", b"made")
    assert "made.txt" in {each["path"] for each in api.get(f"{execution}/files").json()["items"]}
    assert api.get(f"{execution}/files/made.txt").content == b"made"
    with api.stream("GET", "/events") as events:
        assert events.status_code == 200


def _launch(nobody: httpx.Client, execution_id: int, package_id: int) -> None:
    """As a launcher on a node does."""
    stored = Package.objects.get(id=package_id)
    file = PlacedFile(str(package_path(stored.sha256)), "load.py", stored.sha256, stored.size_bytes)
    launch = Launch(execution_id, 1, "true", {"DAY": "today"}, files=(file,), steps=(Step("Look", "ls"),))
    token = Desk(config().executions_dir, launch.name).hand_over(seal_launch(launch))
    placement, headers = f"/placements/{execution_id}/1", {"Authorization": f"Bearer {token}"}
    claimed = nobody.post(f"{placement}/claim", headers=headers, json={"claimant": "a" * 32, "node": "n1"}).json()
    assert claimed["files"] == [{"name": "load.py", "sha256": stored.sha256, "size_bytes": stored.size_bytes}]
    assert nobody.get(f"{placement}/files/0", headers=headers).content == b"print(1)"
    beat = nobody.post(f"{placement}/beat", headers=headers, content=b'{"logs": {"setup": [0, 0, 2]}}\nhi').json()
    assert (beat["sizes"]["setup"], beat["stop"], beat["ended"]) == (2, "", False)
    kept = nobody.put(f"{placement}/work/made.csv", params={"changed_us": 1}, headers=headers, content=b"1,2")
    assert kept.status_code == 204
    assert nobody.post(f"/placements/{2**70}/1/claim", headers=headers, json={"claimant": "a" * 32}).status_code == 401


def _make_channels(chief: httpx.Client) -> None:
    made = chief.post("/channels", json={"name": "chat", "kind": "webhook", "url": "https://example.org/hook"}).json()
    assert made["secret"].startswith("whsec_")
    channel = f"/channels/{made['id']}"
    assert chief.patch(channel, json={"name": "on call"}).json()["name"] == "on call"
    assert chief.post(f"{channel}/test").json() == {"count": 1}
    assert chief.post("/alerts/test", json={"channels": [made["id"]]}).json() == {"count": 1}
    assert [each["waiting"] for each in chief.get("/channels").json()["items"]] == [2]
    assert chief.delete(channel).status_code == 204


def _administer(chief: httpx.Client) -> None:
    """What only an administrator of the installation may call."""
    chief.headers["Authorization"] = f"Bearer {local_key()}"
    assert chief.post("/platforms", json={"name": "data", "label": "Data team"}).status_code == 201
    _make_channels(chief)
    assert chief.patch("/platforms/data", json={"max_running": 3}).json()["max_running"] == 3
    assert chief.post("/platforms/data/archive").json()["archived_at"] is not None
    assert chief.post("/platforms/data/restore").json()["archived_at"] is None
    assert chief.get("/platforms/data").json()["label"] == "Data team"
    assert chief.get("/platforms/data/limits").status_code == 200
    assert chief.patch("/platforms/data/limits", json={}).status_code == 200
    _set_variables(chief, "/variables")
    assert chief.get("/changes", params={"subject": "variable"}).json()["items"][0]["name"] == "DAY"
    assert chief.get("/changes/export").text.startswith("id,at,who")
    note_engine("local", {Ability.ENFORCES_CPU}, [Node("here", "ready", 2, 1_000, 0)])
    assert chief.get("/engines").json()["items"][0]["nodes"][0]["name"] == "here"
    assert chief.put("/platforms/data/members/editor", json={"role": "viewer"}).json()["role"] == "viewer"
    assert [each["username"] for each in chief.get("/platforms/data/members").json()["items"]] == ["editor"]
    assert chief.delete("/platforms/data/members/editor").status_code == 204
    invited = chief.post("/platforms/data/invitations", json={"role": "viewer"})
    assert (invited.status_code, "/invitation/" in invited.json()["url"]) == (201, True)
    assert len(chief.get("/platforms/data/invitations").json()["items"]) == 1
    assert chief.delete(f"/platforms/data/invitations/{invited.json()['id']}").status_code == 204
    assert {each["username"] for each in chief.get("/people").json()["items"]} >= {"editor"}
    assert chief.patch("/people/editor", json={"is_active": True}).json()["is_active"] is True


def test_a_job_in_a_list_is_as_it_is_by_itself(api: httpx.Client) -> None:
    job = make_job(retries=3)
    [listed] = api.get("/jobs").json()["items"]
    alone = api.get(f"/jobs/{job.id}").json()
    assert alone.items() >= listed.items()
    assert alone["version"]["number"] == listed["current_version"]


def _read_package(api: httpx.Client, version: str) -> None:
    assert api.get(f"{version}/package").content == b"print(1)"
    [file] = api.get(f"{version}/files").json()["items"]
    assert api.get(f"{version}/files/{file['path']}").content == b"print(1)"


def _write_file(execution_id: int, name: str, data: bytes) -> None:
    path = execution_directory(execution_id, 1) / "work" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _write_log(execution_id: int, text: bytes) -> None:
    directory = log_directory(Execution.objects.get(id=execution_id))
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "stdout.log").write_bytes(text)
