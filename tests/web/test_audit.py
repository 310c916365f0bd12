"""The audit trail on the pages: of a platform in Administration, of a job on its panel."""

import pytest

from capsulier.core.access import Actor, Role
from capsulier.core.trail import Subject
from capsulier.services.run_job import run_job
from capsulier.services.set_variable import set_variable
from capsulier.services.trail import note
from capsulier.services.variable_scope import Scope
from capsulier.store.models import User
from tests.builders import make_actor, make_job, make_platform
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

URL = "/administration/audit"


def shown(query: str = "", role: Role = Role.ADMINISTRATOR) -> str:
    return text_of(client_of(role).get(f"{URL}{query}"))


def test_it_says_who_did_what_to_what_and_from_where() -> None:
    job = make_job("nightly")
    set_variable(make_actor(Role.ADMINISTRATOR), Scope(job.platform_id, job), "TOKEN", "hunter22", is_secret=True)
    client_of(Role.OPERATOR).post(f"/jobs/{job.pk}/run")
    page = shown()
    assert "operator ran the job nightly from 127.0.0.1" in page
    assert "administrator set the variable TOKEN" in page
    assert "hunter" not in page
    assert "editor created the job nightly" in page


def test_it_is_filtered_and_its_export_with_it() -> None:
    make_job("nightly")
    note(Actor(None, "Ana", "page"), Subject.TOKEN, "ci", "revoked", platform_id=make_platform().pk)
    assert "created the job" not in shown("?subject=token")
    assert "revoked the token ci" in shown("?who=ana&subject=token&since=2020-01-01&until=2200-01-01")
    assert "Nothing of that was done" in shown("?name=elsewhere")
    page = client_of(Role.ADMINISTRATOR).get(f"{URL}?subject=token&since=2020-01-01").content.decode()
    assert "/api/v2/changes/export?format=csv&amp;subject=token&amp;since=2020-01-01T00" in page


@pytest.mark.parametrize(
    "query", ["?before=x", "?since=x&until=9999-12-31", "?subject=x", "?who=%00", f"?before={9**30}"]
)
def test_a_strange_address_is_no_trouble(query: str) -> None:
    assert client_of(Role.ADMINISTRATOR).get(f"{URL}{query}").status_code == 200


def test_older_changes_are_one_page_further() -> None:
    for number in range(60):
        note(Actor(None, "Ana", "page"), Subject.TOKEN, f"t{number}.", "made", platform_id=make_platform().pk)
    page = client_of(Role.ADMINISTRATOR).get(f"{URL}?who=Ana").content.decode()
    [older] = [part.partition('"')[0] for part in page.split('rel="next" href="')[1:]]
    assert "t9." in shown(older.replace("&amp;", "&"))


def test_the_whole_installation_is_for_its_administrators() -> None:
    note(Actor(None, "eve", "page"), Subject.SIGN_IN, "", "failed to sign in")
    client = client_of(Role.ADMINISTRATOR)
    assert "eve" not in text_of(client.get(URL))
    assert client.get(f"{URL}?all=yes").status_code == 403
    User.objects.filter(username="administrator").update(is_superuser=True)
    assert "eve failed to sign in" in text_of(client.get(f"{URL}?all=yes"))


def test_the_panel_of_a_job_leaves_out_runs_unless_they_are_asked_for() -> None:
    job = make_job("nightly")
    run_job(make_actor(Role.OPERATOR), job.pk)
    client = client_of(Role.VIEWER)
    assert "ran the job" not in text_of(client.get(f"/jobs/{job.pk}/changes"))
    with_runs = text_of(client.get(f"/jobs/{job.pk}/changes?runs"))
    assert "operator ran the job" in with_runs
    assert "Execution 1" in with_runs
    assert "from 127" not in with_runs
