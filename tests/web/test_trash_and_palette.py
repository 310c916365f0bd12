"""The trash, and what the command palette offers."""

from datetime import timedelta
from typing import Any

import pytest

from capsulier.core.access import Role
from capsulier.services.drafts import utc_now
from capsulier.store.models import Job
from tests.builders import make_job
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_the_trash_says_who_deleted_what_and_how_long_it_is_kept() -> None:
    job = make_job("gone")
    client_of().post(f"/jobs/{job.pk}/delete")
    Job.objects.update(deleted_at=utc_now() - timedelta(days=28, hours=1))
    words = text_of(client_of().get("/trash"))
    assert "gone Bash, deleted 28 days ago by editor 2 days left" in words


def test_restore_brings_it_back() -> None:
    job = make_job("gone")
    client_of().post(f"/jobs/{job.pk}/delete")
    answer = client_of().post(f"/jobs/{job.pk}/restore", headers={"Referer": "http://localhost/trash"}, follow=True)
    words = text_of(answer)
    assert "“gone” is back." in words
    assert "The trash is empty" in words


def offered(words: str, role: Role = Role.EDITOR) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client_of(role).get("/palette", {"q": words}).json()
    return found


def test_the_palette_finds_jobs_and_pages() -> None:
    job = make_job("failed-imports")
    first, *_ = offered("fail")
    assert (first["label"], first["href"]) == ("failed-imports", f"/jobs/{job.pk}")
    assert {"label": "Failed jobs", "hint": "page", "href": "/?status=failed"} in offered("fail")


def test_the_palette_offers_the_deed_that_is_typed() -> None:
    job = make_job("imports")
    assert offered("run imp")[0] == {"label": "Run imports", "hint": "Never launched", "post": f"/jobs/{job.pk}/run"}
    client_of().post(f"/jobs/{job.pk}/run")
    assert offered("stop imp")[0]["post"] == f"/jobs/{job.pk}/stop"


def test_the_palette_offers_no_deed_that_would_be_refused() -> None:
    make_job("imports")
    assert not [entry for entry in offered("run imports", Role.VIEWER) if "post" in entry]


def test_a_job_that_begins_with_the_words_comes_first() -> None:
    make_job("a-report")
    make_job("report")
    assert [entry["label"] for entry in offered("report")][:2] == ["report", "a-report"]
