"""The limits of a platform, and what is kept."""

from collections.abc import Callable

import httpx
import pytest

from capsulier.core.access import Role
from capsulier.store.models import Change, Platform
from tests.builders import make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

Clients = Callable[..., httpx.Client]
URL = "/platforms/main/limits"


def test_its_administrator_changes_what_is_given_and_the_trail_tells_of_it(signed_in: Clients) -> None:
    api = signed_in(Role.ADMINISTRATOR)
    before = api.get(URL).raise_for_status().json()
    assert (before["keep_log_days"], before["keep_work_days"], before["keep_days"]) == (90, 7, None)
    changed = api.patch(URL, json={"keep_days": 400, "min_free_mb": 5000}).raise_for_status().json()
    assert changed == {**before, "keep_days": 400, "min_free_mb": 5000, "free_mb": changed["free_mb"]}
    change = Change.objects.get(subject="platform")
    assert (change.before, change.after) == (
        {"keep_days": None, "min_free_mb": None},
        {"keep_days": 400, "min_free_mb": 5000},
    )


def test_limits_of_the_installation_can_be_made_stricter_not_looser(signed_in: Clients) -> None:
    refused = signed_in(Role.ADMINISTRATOR).patch(URL, json={"min_free_mb": 1, "max_log_mb": 20_000, "keep_days": 3})
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {"min_free_mb", "max_log_mb"}
    assert Platform.objects.get(name="main").keep_days is None


@pytest.mark.parametrize("body", [{"keep_days": -1}, {"max_running": 0}, {"keep_mb": 3_000_000_000}, {"keep": 1}])
def test_what_is_no_limit_is_refused(signed_in: Clients, body: dict[str, int]) -> None:
    assert signed_in(Role.ADMINISTRATOR).patch(URL, json=body).status_code == 422


def test_others_may_look_and_strangers_find_nothing(signed_in: Clients) -> None:
    editor = signed_in(Role.EDITOR)
    assert editor.get(URL).status_code == 200
    assert editor.patch(URL, json={"keep_days": 1}).status_code == 403
    assert signed_in(None).get(URL).status_code == 404


def test_a_job_says_what_is_kept_of_its_own(api: httpx.Client) -> None:
    job = make_job("nightly")
    assert api.patch(f"/jobs/{job.id}", json={"keep_days": 30, "keep_mb": 0}).json()["keep_days"] == 30
    refused = api.patch(f"/jobs/{job.id}", json={"keep_executions": -1})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "keep_executions")
