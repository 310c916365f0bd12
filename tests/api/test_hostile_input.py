"""What nobody would type: refused where it was given, in a sentence, with nothing half made."""

import json
from typing import Any

import httpx
import pytest

from capsulier.config import config
from capsulier.store.models import Change, Execution, Job, Package, Version
from tests.builders import make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

GOOD = {"name": "nightly", "capsule": "bash", "command": "true"}
JSON = {"Content-Type": "application/json"}


def facts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Job, Version, Change, Execution))


def repeat(text: str, **more: Any) -> dict[str, Any]:
    return {"schedule": {"repeat": text, **more}}


def cron(text: str, **more: Any) -> dict[str, Any]:
    return {"schedule": {"cron": text, **more}}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": "x" * 256}, "name", "at most 255"),
        ({"name": "a\ud800"}, "name", "U+D800"),
        ({"name": "a\0b"}, "name", "U+0000"),
        ({"name": "a\nb"}, "name", "U+000A"),
        ({"name": "a\u2028b"}, "name", "U+2028"),
        ({"name": "\u200b\u202e"}, "name", "Nothing of this name can be seen"),
        ({"command": "a\0"}, "command", "NUL"),
        ({"command": "cat {file}"}, "command", "there is no package"),
        ({"command": "x" * 100_001}, "command", "100 kB"),
        ({"description": "\ud83d"}, "description", "half a character"),
        ({"note": "\udc00"}, "note", "half a character"),
        ({"platform": "\ud800"}, "platform", "half a character"),
        (cron("0 0 30 2 *"), "cron", "would never run"),
        (cron("9" * 240), "cron", "at most 200"),
        (cron("* * * * *", until="9999-12-31T23:59:59-23:59"), "until", "too far away"),
        (cron("* * * * *", timezone="../../etc/passwd"), "timezone", "not a time zone"),
        (repeat("R5/2030-12-01T08:00:00"), "schedule", "A delay between runs is required"),
        (repeat("R0/2030-12-01T08:00:00/P1D"), "schedule", "no fire after now"),
        (repeat("R/2030-12-01T08:00:00/PT0S"), "schedule", "longer than zero"),
        (repeat("R/2030-12-01T08:00:00/P999999999Y"), "schedule", "at most 100 years"),
        (repeat(f"R{'9' * 99}/2030-12-01T08:00:00/P1D"), "schedule", "not a schedule"),
        (repeat("R/0001-01-01T00:00:00/PT1S"), "schedule", "1970 to 2999"),
        ({"alert_emails": ["a@b\nBcc: c@d"]}, "alert_emails", "not an email address"),
        ({"alert_emails": ["\ud800@b"]}, "alert_emails", "half a character"),
        ({"alert_emails": [f"a{number}@b" for number in range(101)]}, "alert_emails", "at most 100 addresses"),
        ({"alert_on": ["end"] * 1000}, "alert_on", "once"),
        ({"retries": 10**30}, "retries", "at most 2000000000"),
        ({"timeout_s": 2**63}, "timeout_s", "at most 2000000000"),
        ({"package": 10**40}, "package", "does not exist"),
        ({"capsule": "../bash"}, "capsule", "There is no capsule"),
        ({"__class__": {}}, "__class__", "not permitted"),
    ],
)
def test_a_job_of_such_values_is_refused(api: httpx.Client, given: dict[str, Any], field: str, words: str) -> None:
    before = facts()
    answer = api.post("/jobs", content=json.dumps(GOOD | given), headers=JSON)
    assert answer.status_code == 422
    problem = answer.json()
    assert field in [each["field"] for each in problem["errors"]]
    assert words in problem["detail"]
    assert facts() == before


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202egnp.exe", "العربية", "🚀" * 255, "..", "a/../b"])
def test_a_name_in_any_language_and_of_any_look_is_kept_as_it_is(api: httpx.Client, name: str) -> None:
    job = api.post("/jobs", json=GOOD | {"name": name}).json()
    assert api.get(f"/jobs/{job['id']}").json()["name"] == name


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"name":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"name": "x", "capsule": "bash", "alert_emails": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"name": "x", "capsule": "bash", "command": "true", "cpus": NaN}',
        b'{"name": "x", "capsule": "bash", "command": "true", "retry_growth": Infinity}',
        b'{"name": "x", "capsule": "bash", "command": "true", "cpus": 1e400}',
        b'{"name": "x", "capsule": "bash", "retries": ' + b"9" * 1_000_000 + b"}",
        b'{"name": "\xff", "capsule": "bash"}',
        b"",
    ],
)
def test_json_that_is_a_bomb_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/jobs", content=body, headers=JSON)
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"].endswith(".")
    assert facts() == (0, 0, 0, 0)


def test_a_body_of_a_thousand_mistakes_is_not_answered_with_a_thousand(api: httpx.Client) -> None:
    answer = api.post("/jobs", json={f"k{number}": 1 for number in range(1000)})
    assert len(answer.json()["errors"]) == 21
    assert "And 982 more." in answer.json()["detail"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"a=b": "1"}, "cannot be the name"),
        ({"": "1"}, "cannot be the name"),
        ({"A": "\0"}, "NUL"),
        ({"A": "\ud800"}, "half a character"),
        ({"A": "x" * 100_001}, "larger than 100 kB"),
        ({f"A{number}": "x" * 2000 for number in range(300)}, "larger than 500 kB"),
        ({"A": 1}, "string"),
    ],
)
def test_variables_that_no_program_could_get_are_refused(
    api: httpx.Client, variables: dict[str, Any], words: str
) -> None:
    job = make_job()
    answer = api.post(f"/jobs/{job.id}/run", content=json.dumps({"variables": variables}), headers=JSON)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert not Execution.objects.exists()


def upload(api: httpx.Client, name: bytes) -> httpx.Response:
    body = b'--e\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\nabc\r\n--e--\r\n'
    return api.post("/packages", content=body, headers={"Content-Type": "multipart/form-data; boundary=e"})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (b"../../etc/passwd", ".._.._etc_passwd"),
        (b".", "package"),
        (b"..", "package"),
        (b"", "package"),
        (b"a\nb.zip", "a_b.zip"),
        (b"a\0b.zip", "a_b.zip"),
        (b"-rf", "_rf"),
        (b"\xff\xfe.zip", "__.zip"),
        (b"x" * 3000 + b".tar.gz", "x" * 193 + ".tar.gz"),
    ],
)
def test_a_package_is_stored_under_its_hash_whatever_its_name(api: httpx.Client, name: bytes, kept: str) -> None:
    assert upload(api, name).json()["name"] == kept
    outside = [path for path in config().packages_dir.rglob("*") if path.is_file() and len(path.name) != 64]
    assert outside == []


def test_a_package_of_a_name_without_end_is_refused(api: httpx.Client) -> None:
    answer = upload(api, b"x" * 5000 + b".zip")
    assert answer.status_code == 422
    assert "too long" in answer.json()["detail"]
    assert not Package.objects.exists()


def test_a_package_of_a_type_that_the_capsule_does_not_take_is_refused_at_its_field(api: httpx.Client) -> None:
    package_id = upload(api, b"notes.txt").json()["id"]
    problem = api.post("/jobs", json=GOOD | {"capsule": "python", "package": package_id}).json()
    assert [each["field"] for each in problem["errors"]] == ["package"]
    assert "does not take “notes.txt”" in problem["detail"]


def test_a_search_without_end_finds_nothing(api: httpx.Client) -> None:
    make_job("x" * 200)
    assert api.get("/jobs", params={"search": "x" * 60_000}).json()["total"] == 0
