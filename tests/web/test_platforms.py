"""Several platforms: which one a page is in, how one goes to another, and the pages that administer them."""

import json

import pytest
from django.test import Client

from capsulier.core.access import Role
from capsulier.services.delete_job import delete_job
from capsulier.services.run_job import run_job
from capsulier.store.models import Platform, User
from tests.builders import make_actor, make_job, make_platform, make_user
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def both(role: Role = Role.EDITOR) -> Client:
    """An editor of `main` who is a member of `data`, too."""
    client = client_of()
    make_user("editor", role, make_platform("data"))
    return client


def chief() -> Client:
    client = client_of()
    client.force_login(User.objects.create(username="chief", is_superuser=True))
    return client


def test_who_has_one_platform_sees_its_name_and_no_switcher() -> None:
    make_platform("data")
    page = client_of().get("/").content.decode()
    assert "platform-switch" not in page
    assert "?platform=" not in page.replace("/api/v2/events?platform=main", "")


def test_who_has_several_goes_from_one_to_another() -> None:
    make_job("of main")
    make_job("of data", platform=make_platform("data"))
    client = both()
    main = client.get("/")
    assert "of main" in text_of(main)
    assert "of data" not in text_of(main)
    assert '/?platform=data"' in main.content.decode()
    data = client.get("/?platform=data")
    assert "of data" in text_of(data)
    assert "of main" not in text_of(data)


def test_the_next_page_begins_in_the_platform_that_was_shown_last() -> None:
    make_job("of data", platform=make_platform("data"))
    client = both()
    client.get("/?platform=data")
    assert "of data" in text_of(client.get("/"))
    # Parts of a page that stayed open elsewhere change nothing.
    client.get("/board/changes?platform=main", headers={"HX-Request": "true"})
    assert "of data" in text_of(client.get("/"))


@pytest.mark.parametrize("page", ["/", "/?view=table", "/trash", "/activity", "/jobs/new"])
def test_every_address_on_a_page_names_its_platform(page: str) -> None:
    data = make_platform("data")
    make_job("of data", platform=data)
    body = both().get(f"{page}{'&' if '?' in page else '?'}platform=data").content.decode()
    assert 'data-events="/api/v2/events?platform=data"' in body
    assert 'data-palette="/palette?platform=data"' in body
    for address in ("/activity", "/trash"):
        assert f'href="{address}?platform=data"' in body
    assert 'href="/"' not in body


def test_a_page_of_a_job_is_in_the_jobs_platform() -> None:
    data = make_platform("data")
    job = make_job("of data", platform=data)
    execution = run_job(make_actor(Role.EDITOR, data), job.pk)
    client = both(Role.VIEWER)
    for page in (f"/jobs/{job.pk}", f"/jobs/{job.pk}/versions", f"/executions/{execution.pk}"):
        body = client.get(page).content.decode()
        assert 'data-events="/api/v2/events?platform=data"' in body
        assert "/jobs/new?from=" not in body  # a viewer of data, though an editor of main


def test_search_palette_trash_and_activity_are_of_the_platform_that_is_shown() -> None:
    data = make_platform("data")
    job, deleted = make_job("zebra", platform=data), make_job("zebra gone", platform=data)
    delete_job(make_actor(Role.EDITOR, data), deleted.pk)
    run_job(make_actor(Role.EDITOR, data), job.pk)
    client = both()
    for page in ("/?q=zebra", "/trash", "/activity?zoom=24h"):
        address = page + ("&" if "?" in page else "?")
        assert "zebra" in text_of(client.get(f"{address}platform=data")).replace("“zebra”", "")
        assert "zebra" not in text_of(client.get(f"{address}platform=main")).replace("“zebra”", "")
    offered = [each["label"] for each in json.loads(client.get("/palette?q=zebra&platform=data").content)]
    assert "zebra" in offered
    assert json.loads(client.get("/palette?q=zebra&platform=main").content) == []


def test_the_palette_leads_to_the_other_platforms() -> None:
    client = both()
    [entry] = json.loads(client.get("/palette?q=data&platform=main").content)
    assert entry == {"label": "data", "hint": "platform", "href": "/?platform=data"}


def test_a_job_is_made_in_the_platform_that_is_shown() -> None:
    client = both()
    client.post("/board/example?platform=data")
    client.post("/jobs/new?platform=data", {"capsule": "bash", "name": "x", "command": "true", "run": "manual"})
    assert {job.platform.name for job in Platform.objects.get(name="data").jobs.all()} == {"data"}
    assert Platform.objects.get(name="data").jobs.count() == 2


def test_a_bulk_deed_reaches_only_jobs_of_the_platform_that_is_shown() -> None:
    job = make_job(platform=make_platform("data"))
    client = both()
    client.post("/board/bulk?platform=main", {"do": "run", "job": job.pk})
    job.refresh_from_db()
    assert job.live == 0


@pytest.mark.parametrize("name", ["secret", "none", "", "%00"])
def test_a_platform_that_is_not_ones_own_is_not_there(name: str) -> None:
    make_platform("secret")
    answer = both().get(f"/?platform={name}")
    assert answer.status_code == 404


def test_an_archived_platform_is_left_for_another() -> None:
    client = both()
    client.get("/?platform=data")
    Platform.objects.filter(name="data").update(archived_at="2026-01-01T00:00:00Z")
    page = client.get("/")
    assert page.status_code == 200
    assert 'data-events="/api/v2/events?platform=main"' in page.content.decode()


class TestAdministration:
    def test_a_platform_is_made_renamed_archived_and_restored(self) -> None:
        client = chief()
        made = client.post(
            "/administration/new-platform", {"name": "data", "label": "Data team", "max_running": "4"}, follow=True
        )
        assert "The platform “Data team” is made." in text_of(made)
        client.post("/administration/platforms/data", {"name": "team", "label": "", "max_running": "5"})
        platform = Platform.objects.get(name="team")
        assert (platform.label, platform.max_running) == ("team", 5)
        make_job("x", platform=platform)
        asked = client.get("/administration/platforms/team/archive")
        assert "Its 1 job rests" in text_of(asked)
        client.post("/administration/platforms/team/archive?platform=team")
        listed = client.get("/administration/platforms")
        assert "1 job, archived" in text_of(listed)
        client.post("/administration/platforms/team/restore")
        platform.refresh_from_db()
        assert platform.archived_at is None

    def test_what_cannot_be_used_is_said_at_its_field(self) -> None:
        client = chief()
        make_platform("data")
        for given, words in (
            ({"name": "Data", "max_running": "4"}, "small letters, digits and -"),
            ({"name": "data", "max_running": "4"}, "exists already"),
            ({"name": "other", "max_running": "0"}, "between 1 and 10,000"),
        ):
            answer = client.post("/administration/new-platform", given)
            assert answer.status_code == 422
            assert words in text_of(answer)
        assert Platform.objects.count() == 2

    def test_an_administrator_of_one_changes_its_limits_and_sees_no_other(self) -> None:
        make_platform("hidden")
        client = client_of(Role.ADMINISTRATOR)
        page = client.get("/administration/platforms")
        assert "hidden" not in text_of(page)
        assert "New platform" not in text_of(page)
        client.post("/administration/platforms/main", {"label": "Main", "max_running": "3"})
        assert Platform.objects.get(name="main").max_running == 3
        assert client.get("/administration/platforms/hidden").status_code == 404
        assert client.post("/administration/new-platform", {"name": "x", "max_running": "1"}).status_code == 403
        assert client.post("/administration/platforms/main/archive").status_code == 403
