"""Pages of what is no longer kept: they say so, and none of them breaks."""

import pytest

from capsulier.services.keep_history import keep_history
from capsulier.store.models import Fire
from tests.builders import make_job
from tests.web.past import past_execution
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MONTH_S = 30 * 24 * 3600.0


def test_every_page_of_a_job_says_what_is_gone_and_shows_the_rest() -> None:
    job = make_job("nightly", keep_log_days=10, keep_executions=3)
    first = past_execution(job, "killed", ago_s=4 * MONTH_S, logs={"stdout": b"first\n"})
    gone = past_execution(job, "failed", ago_s=3 * MONTH_S, logs={"stderr": b"why it failed\n"})
    retry = past_execution(job, "failed", ago_s=2 * MONTH_S, began={"trigger": "retry", "retry_of_id": first.pk})
    past_execution(job, "killed", ago_s=60)
    Fire.objects.create(
        platform_id=job.platform_id, job=job, due_us=first.queued_us, outcome="ran", execution=first, decided_us=1
    )
    keep_history()
    client = client_of()
    assert client.get(f"/executions/{first.pk}").status_code == 404
    assert "This log is no longer kept" in text_of(client.get(f"/executions/{gone.pk}"))
    assert "why it failed" not in text_of(client.get(f"/executions/{gone.pk}"))
    assert client.get(f"/api/v2/executions/{gone.pk}/files").status_code == 410
    for path in ("", "/executions", "/logs", "/versions", "/settings", "/changes"):
        assert client.get(f"/jobs/{job.pk}{path}").status_code == 200, path
    assert "Retry" in text_of(client.get(f"/jobs/{job.pk}/executions"))
    assert client.get(f"/executions/{retry.pk}").status_code == 200
    for path in ("/", "/?view=table", "/activity?zoom=7d", "/activity?fires=all"):
        assert client.get(path).status_code == 200, path
    [fire] = client.get(f"/api/v2/jobs/{job.pk}/fires").json()["items"]
    assert fire["words"] == "Ran as an execution that is no longer kept."
