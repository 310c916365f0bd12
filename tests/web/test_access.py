"""Who sees and does what: a member by their role, a stranger, somebody not signed in."""

import pytest
from django.test import Client

from capsulier.core.access import Role
from capsulier.store.models import Job
from tests.builders import make_job
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PAGES = ["/", "/?view=table", "/jobs/new", "/jobs/new?capsule=bash", "/trash", "/account", "/palette"]


@pytest.mark.parametrize("page", [*PAGES, "/jobs/{id}/settings", "/jobs/{id}/upgrade", "/jobs/{id}/delete"])
def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(page: str) -> None:
    address = page.format(id=make_job().pk)
    answer = anybody().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("page", ["/", "/jobs/new", "/trash", "/palette", "/jobs/{id}/settings", "/board/changes"])
def test_a_stranger_finds_nothing(page: str) -> None:
    assert client_of(None).get(page.format(id=make_job().pk)).status_code == 404


@pytest.mark.parametrize("deed", ["run", "stop", "queue/clear", "delete", "restore"])
def test_a_stranger_can_do_nothing(deed: str) -> None:
    job = make_job()
    client_of(None).post(f"/jobs/{job.pk}/{deed}", headers={"HX-Request": "true"})
    job.refresh_from_db()
    assert (job.live, job.deleted_at) == (0, None)


@pytest.mark.parametrize("page", ["/jobs/new?capsule=bash", "/jobs/{id}/settings", "/jobs/{id}/upgrade"])
def test_a_viewer_may_not_open_the_forms(page: str) -> None:
    answer = client_of(Role.VIEWER).get(page.format(id=make_job().pk))
    assert answer.status_code == 403
    assert "you need the role editor" in text_of(answer)


def test_a_viewer_sees_no_button_that_would_be_refused() -> None:
    make_job("seen")
    board = client_of(Role.VIEWER).get("/").content.decode()
    assert "seen" in board
    for mark in ("Run seen", "Delete seen", "/jobs/new", "/settings"):
        assert mark not in board


def test_an_operator_runs_but_does_not_delete() -> None:
    job = make_job("operated")
    operator = client_of(Role.OPERATOR)
    assert operator.post(f"/jobs/{job.pk}/run", headers={"HX-Request": "true"}).status_code == 204
    refused = operator.post(f"/jobs/{job.pk}/delete", headers={"HX-Request": "true"})
    assert refused.status_code == 403
    job.refresh_from_db()
    assert (job.queued, job.deleted_at) == (1, None)


def test_another_origin_is_refused_and_nothing_changes() -> None:
    job = make_job()
    client = client_of()
    client.handler.enforce_csrf_checks = True
    answer = client.post(f"/jobs/{job.pk}/run", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "did not come from here" in text_of(answer)
    assert Job.objects.get(id=job.pk).queued == 0


def test_every_page_sends_a_policy_without_inline_scripts() -> None:
    policy = client_of().get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy


def test_a_name_that_is_not_ours_is_refused_with_the_setting_that_makes_it_ours(client: Client) -> None:
    answer = client.get("/sign-in", headers={"Host": "manager.example.org"})
    assert answer.status_code == 400
    assert b"CAPSULIER_ALLOWED_HOSTS" in answer.content
