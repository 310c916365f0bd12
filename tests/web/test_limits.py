"""Limits and retention: the page of a platform, and the fields of a job."""

import pytest

from capsulier.core.access import Role
from capsulier.store.models import Job, Platform
from tests.builders import make_job
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

URL = "/administration/limits"


def test_an_administrator_sets_what_is_kept() -> None:
    client = client_of(Role.ADMINISTRATOR)
    assert "are free on the disk of the data directory" in text_of(client.get(URL))
    answer = client.post(URL, {"max_running": "8", "keep_executions": "100", "keep_work_days": "", "min_free_mb": "0"})
    assert answer.status_code == 422
    assert "wants 1 GB free at least" in text_of(answer)
    assert client.post(URL, {"max_running": "8", "keep_executions": "100"}).status_code == 302
    platform = Platform.objects.get(name="main")
    assert (platform.max_running, platform.keep_executions, platform.keep_work_days) == (8, 100, None)


def test_it_is_for_administrators_of_the_platform() -> None:
    assert client_of(Role.EDITOR).get(URL).status_code == 403


def test_a_job_says_otherwise_than_its_platform() -> None:
    job, client = make_job("nightly"), client_of()
    given = {"name": "nightly", "run": "manual", "keep_days": "30", "keep_mb": "0"}
    assert client.post(f"/jobs/{job.pk}/settings", given).status_code == 302
    job.refresh_from_db()
    assert (job.keep_days, job.keep_mb, job.keep_log_days) == (30, 0, None)
    assert 'value="30"' in client.get(f"/jobs/{job.pk}/settings").content.decode()
    refused = client.post(f"/jobs/{job.pk}/settings", given | {"keep_days": "-1"})
    assert refused.status_code == 422
    assert Job.objects.get(id=job.pk).keep_days == 30
