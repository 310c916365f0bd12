"""The audit trail over HTTP: who may read it, filters, export."""

import csv
import io
import json

import httpx
import pytest

from capsulier.core.access import Actor, Role
from capsulier.core.trail import Subject
from capsulier.services.trail import note
from tests.api.conftest import Clients
from tests.builders import make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(signed_in: Clients) -> httpx.Client:
    return signed_in(Role.ADMINISTRATOR)


def told(client: httpx.Client, **asked: object) -> list[str]:
    return [f"{each['verb']} {each['name']}" for each in client.get("/changes", params=asked).json()["items"]]


def test_a_change_over_http_says_from_where_and_by_which_token(admin: httpx.Client) -> None:
    job = make_job("nightly")
    admin.patch(f"/jobs/{job.pk}", json={"retries": 3}, headers={"User-Agent": "a program"})
    change = admin.get("/changes").json()["items"][0]
    assert (change["user"], change["via"], change["address"]) == ("administrator", "tests", "127.0.0.1")
    assert (change["agent"], change["subject"], change["platform"]) == ("a program", "job", "main")
    assert (change["before"], change["after"]) == ({"retries": 0}, {"retries": 3})


@pytest.mark.parametrize("until", ["3050-08-11T22:52:56+17:42", "9999-12-31T23:59:59-05:00", "3050-01-01"])
def test_a_time_of_any_offset_is_understood(admin: httpx.Client, until: str) -> None:
    admin.patch(f"/jobs/{make_job('nightly').pk}", json={"retries": 3})
    assert told(admin, until=until)[0] == "edited nightly"


def test_it_is_filtered_by_who_what_and_when(admin: httpx.Client) -> None:
    make_job("nightly")
    ana = Actor(None, "Ana", "page", address="192.0.2.7")
    platform_id = make_platform().pk
    note(ana, Subject.TOKEN, "ci", "revoked", platform_id=platform_id)
    note(ana, Subject.MEMBER, "Bob", "invited", platform_id=platform_id)
    assert told(admin, who="ana") == told(admin, who="192.0.2.") == ["invited Bob", "revoked ci"]
    assert told(admin, subject="token") == ["revoked ci"]
    assert told(admin, subject=["token", "member"]) == ["invited Bob", "revoked ci"]
    assert told(admin, name="NIGHT") == ["created nightly"]
    assert told(admin, verb="invited") == ["invited Bob"]
    assert told(admin, until="2020-01-01T00:00:00Z") == []
    assert len(told(admin, since="2020-01-01T00:00:00Z")) == 3
    assert admin.get("/changes", params={"subject": "nonsense"}).status_code == 422


def test_pages_go_on_where_the_one_before_ended(admin: httpx.Client) -> None:
    for number in range(5):
        make_job(f"job {number}")
    first = admin.get("/changes", params={"size": 3}).json()
    second = admin.get("/changes", params={"size": 3, "page": first["next"]}).json()
    assert [each["name"] for each in (*first["items"], *second["items"])] == [f"job {n}" for n in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_it_is_for_administrators_and_of_their_platforms(signed_in: Clients) -> None:
    make_job("ours")
    make_job("theirs", platform=make_platform("theirs"))
    note(Actor(None, "eve", "page"), Subject.SIGN_IN, "", "failed to sign in")
    assert signed_in(Role.EDITOR).get("/changes").status_code == 403
    assert signed_in(Role.EDITOR).get("/changes/export").status_code == 403
    assert told(signed_in(Role.ADMINISTRATOR)) == ["created ours"]
    assert signed_in(Role.ADMINISTRATOR).get("/changes", params={"platform": "theirs"}).status_code == 404


def test_addresses_are_for_administrators(signed_in: Clients) -> None:
    job = make_job("nightly")
    signed_in(Role.EDITOR).post(f"/jobs/{job.pk}/run")
    for role, address in ((Role.VIEWER, None), (Role.ADMINISTRATOR, "127.0.0.1")):
        assert signed_in(role).get(f"/jobs/{job.pk}/changes").json()["items"][0]["address"] == address


def test_it_is_exported_whole_as_a_table_and_as_lines(admin: httpx.Client) -> None:
    for number in range(3):
        make_job(f"job {number}")
    make_job("=1+1")
    table = admin.get("/changes/export")
    assert table.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["name"] for row in rows] == ["'=1+1", "job 2", "job 1", "job 0"]
    lines = admin.get("/changes/export", params={"format": "jsonl", "name": "job 1"}).text.splitlines()
    assert [json.loads(line)["after"]["name"] for line in lines] == ["job 1"]


def test_an_export_goes_beyond_what_is_read_at_once(admin: httpx.Client) -> None:
    for number in range(501):
        note(Actor(None, "eve", "page"), Subject.TOKEN, f"t{number}", "made", platform_id=make_platform().pk)
    assert len(admin.get("/changes/export", params={"format": "jsonl"}).text.splitlines()) == 501
