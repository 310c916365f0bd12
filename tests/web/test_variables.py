"""Variables and secrets on the pages: of a platform in Administration, of a job on its panel."""

import pytest

from capsulier.core.access import Role
from capsulier.services.set_variable import set_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Job, Variable
from tests.builders import make_actor, make_job, make_platform
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SECRET = "hunter22-and-more"
EVERYWHERE = "/administration/variables"


@pytest.fixture
def job() -> Job:
    return make_job("nightly")


def current(name: str) -> Variable:
    return Variable.objects.get(name=name, ended_us=None)


@pytest.mark.parametrize("is_of_job", [True, False])
def test_a_variable_is_set_changed_taken_away_and_brought_back(job: Job, *, is_of_job: bool) -> None:
    client = client_of(Role.ADMINISTRATOR)
    url = f"/jobs/{job.pk}/variables" if is_of_job else EVERYWHERE
    new = f"/jobs/{job.pk}/new-variable" if is_of_job else "/administration/new-variable"
    made = client.post(new, {"name": "DAY", "value": "mon\r\nday", "seen": "0"}, follow=True)
    assert "DAY is set, from the next execution on." in text_of(made)
    assert current("DAY").value == "mon\nday"
    client.post(f"{url}/DAY", {"value": "tuesday", "seen": current("DAY").pk})
    assert "tuesday" in text_of(client.get(url))
    gone = client.post(f"{url}/DAY/unset", follow=True)
    assert f'data-undo="{url}/DAY/restore"' in gone.content.decode()
    assert not Variable.objects.filter(ended_us=None).exists()
    client.post(f"{url}/DAY/restore", headers={"HX-Request": "true"})
    assert current("DAY").value == "tuesday"


def test_a_secret_is_typed_once_and_never_shown(job: Job) -> None:
    client, url = client_of(Role.ADMINISTRATOR), f"/jobs/{job.pk}/variables"
    sent = {"name": "TOKEN", "value": SECRET, "is_secret": "on", "seen": "0"}
    pages = [
        client.post(f"/jobs/{job.pk}/new-variable", sent, follow=True),
        client.get(url),
        client.get(f"{url}/TOKEN"),
    ]
    pages += [client.get(f"/jobs/{job.pk}/changes"), client.get(f"/jobs/{job.pk}")]
    for page in pages:
        assert SECRET not in page.content.decode()
    seen = current("TOKEN").pk
    client.post(f"{url}/TOKEN", {"value": "", "is_secret": "on", "seen": seen})
    assert current("TOKEN").pk == seen
    refused = client.post(f"{url}/TOKEN", {"value": "", "seen": seen})
    assert (refused.status_code, current("TOKEN").pk) == (422, seen)
    assert "to make it plain, give it anew" in text_of(refused)


def test_what_cannot_be_used_is_said_at_its_field_and_a_secret_is_not_repeated(job: Job) -> None:
    client = client_of(Role.ADMINISTRATOR)
    for sent, words in (
        ({"name": "1A", "value": "1"}, "not beginning with a digit"),
        ({"name": "PATH", "value": "1"}, "PATH cannot be set"),
        ({"name": "", "value": "1"}, "required"),
        ({"name": "A", "value": "abc", "is_secret": "on"}, "cannot be hidden in logs"),
    ):
        answer = client.post(f"/jobs/{job.pk}/new-variable", sent)
        assert answer.status_code == 422
        assert words in text_of(answer)
    refused = client.post(f"/jobs/{job.pk}/new-variable", {"name": "1A", "value": "typed-secret", "is_secret": "on"})
    assert "typed-secret" not in refused.content.decode()


def test_whoever_was_slower_is_told(job: Job) -> None:
    client, url = client_of(Role.EDITOR), f"/jobs/{job.pk}/variables"
    client.post(f"/jobs/{job.pk}/new-variable", {"name": "DAY", "value": "monday", "seen": "0"})
    seen = current("DAY").pk
    client.post(f"{url}/DAY", {"value": "tuesday", "seen": seen})
    slower = client.post(f"{url}/DAY", {"value": "friday", "seen": seen})
    assert slower.status_code == 412
    assert "changed in the meantime" in text_of(slower)
    assert current("DAY").value == "tuesday"


def test_a_panel_shows_what_the_job_gets_and_offers_what_one_may(job: Job) -> None:
    admin, scope = make_actor(Role.ADMINISTRATOR), Scope(job.platform_id)
    set_variable(admin, scope, "SHARED", "of all")
    set_variable(admin, scope, "DAY", "of all too")
    set_variable(admin, Scope(job.platform_id, job), "DAY", "of one")
    set_variable(admin, Scope(job.platform_id, job), "TOKEN", SECRET, is_secret=True)
    url = f"/jobs/{job.pk}/variables"
    shown = text_of(client_of(Role.VIEWER).get(url))
    assert "of one" in shown
    assert "Of all jobs of main SHARED of all" in shown
    assert "of all too" not in shown
    for role, offered in ((Role.VIEWER, ()), (Role.EDITOR, ("DAY",)), (Role.ADMINISTRATOR, ("DAY", "TOKEN"))):
        page = client_of(role).get(url).content.decode()
        assert [name for name in ("DAY", "SHARED", "TOKEN") if f'href="{url}/{name}"' in page] == list(offered)
        assert ("new-variable" in page) is bool(offered)
    assert 'name="is_secret"' not in client_of(Role.EDITOR).get(f"/jobs/{job.pk}/new-variable").content.decode()


def test_variables_of_one_platform_do_not_show_in_another() -> None:
    other = make_platform("other")
    set_variable(make_actor(Role.ADMINISTRATOR, other), Scope(other.pk), "THEIRS", "1")
    assert "THEIRS" not in text_of(client_of(Role.ADMINISTRATOR).get(f"{EVERYWHERE}?platform=main"))
