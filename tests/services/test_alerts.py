"""What is told of what happens to a job, to whom, and how it can be muted."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from capsulier.clock import as_us, now_us
from capsulier.config import config
from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.alert_mail import alert_mail
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.fire_schedules import fire_schedules
from capsulier.services.mute_alerts import mute_alerts, mute_key, unmute_alerts
from capsulier.services.note_delays import note_delays
from capsulier.services.outbox import Outbox
from capsulier.services.raise_alerts import raise_alerts
from capsulier.store.models import Alert, Job, Occasion, Schedule
from tests.builders import make_actor, make_job, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ANA = "ana@example.org"
_HOUR_US = 3_600_000_000


def run(job: Job, exit_code: int = 0, **facts: object) -> int:
    """Let an execution of the job begin and end now, as the conductor records it."""
    at_us = now_us()
    [queued] = queue([new_execution(job, at_us, **facts)], at_us)
    place([queued.id], engine="local", node="here", now_us=at_us)
    record([Begun(queued.id, 1, at_us, {"name": f"{queued.id}-1"})], now_us=at_us)
    record([Ended(queued.id, Reason.EXIT, now_us(), 1, exit_code=exit_code)], now_us=now_us())
    return queued.id


def told() -> list[str]:
    """The types of alert in the outbox, in the order of what happened."""
    raise_alerts()
    return list(Alert.objects.order_by("id").values_list("kind", flat=True))


def newest_mail() -> str:
    raise_alerts()
    alerts = Alert.objects.select_related("job", "occasion__job", "occasion__execution__version")
    return str(alert_mail([alerts.order_by("-id")[0]]).message()["Subject"])


def test_the_third_failure_in_a_row_is_told_and_the_way_back() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_on=["recovery"], alert_failures=3)
    for exit_code in (1, 1, 0, 1, 1, 1, 1, 0, 0):
        run(job, exit_code)
    assert told() == ["recovery", "repeated", "recovery"]
    assert newest_mail() == "Back to normal: nightly #8"


def test_a_row_of_failures_says_how_many() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_failures=2)
    run(job, 3)
    run(job, 3)
    assert newest_mail() == "Failed 2 times in a row: nightly #2, exit 3"


def test_a_retry_is_told_as_one() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_on=["retry"], retries=1)
    run(job, 3)
    run(job, 3, attempt=2)
    assert told() == ["retry"]
    assert newest_mail() == "Failed, runs again: nightly #1, exit 3"


def test_a_start_that_does_not_come_is_told_once() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_late_s=600)
    at_us = now_us()
    queue([new_execution(job, at_us, trigger="schedule", due_us=at_us - _HOUR_US)], at_us)
    queue([new_execution(job, at_us, trigger="schedule", due_us=at_us - _HOUR_US // 10)], at_us)
    note_delays()
    note_delays()
    assert told() == ["late"]
    assert newest_mail() == "Late: nightly #1, not begun 1 h after it was due"


def test_a_late_start_that_was_over_before_anybody_looked_is_told() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_late_s=600)
    run(job, trigger="schedule", due_us=now_us() - _HOUR_US)
    note_delays()
    assert told() == ["late"]
    assert newest_mail() == "Late: nightly #1, began 1 h after it was due"


def test_a_long_wait_in_the_queue_is_told_but_not_that_for_a_retry() -> None:
    job = make_job("nightly", alert_emails=[ANA], alert_waiting_s=60)
    then_us = now_us() - 120_000_000
    queue([new_execution(job, then_us), new_execution(job, now_us() + 1_000_000_000, trigger="retry")], then_us)
    note_delays()
    assert told() == ["waiting"]
    assert newest_mail() == "Waits: nightly #1, in the queue for 2 min"


def test_what_did_not_start_is_told_with_its_reason() -> None:
    draft = ScheduleDraft(cron="0 * * * *")
    job = make_job("nightly", schedule=draft, alert_emails=[ANA], alert_on=["missed"], catch_up="none")
    back_us = as_us(datetime(2026, 1, 1, 0, 30, tzinfo=UTC))
    Schedule.objects.update(accounted_us=back_us, next_fire_us=back_us + _HOUR_US // 2)
    fire_schedules(0, datetime(2026, 1, 1, 3, 30, tzinfo=UTC))
    assert told() == ["missed"]
    assert newest_mail() == "Did not start: nightly, 3 times: the manager was down"
    assert Occasion.objects.get().job_id == job.pk


def test_one_event_is_told_once_however_often_it_is_worked_out() -> None:
    run(make_job(alert_emails=[ANA, "Ana@Example.org"], alert_on=["end", "success", "change"]))
    raise_alerts()
    Occasion.objects.update(is_open=True)
    raise_alerts()
    assert Alert.objects.count() == 1


def test_a_deleted_job_tells_nothing() -> None:
    job = make_job(alert_emails=[ANA], alert_on=["end"])
    queue([new_execution(job, 1)], 1)
    delete_job(make_actor(), job.pk)
    assert told() == []


def test_a_muted_address_hears_nothing_and_others_do() -> None:
    job = make_job(alert_emails=["Ana@Example.org", "ben@example.org"], alert_on=["end"])
    key = mute_key(job.pk, "Ana@Example.org")
    mute_alerts(key, 8)
    run(job)
    raise_alerts()
    assert list(Alert.objects.values_list("target", flat=True)) == ["ben@example.org"]
    unmute_alerts(key)
    run(job)
    raise_alerts()
    assert Alert.objects.filter(target="Ana@Example.org").count() == 1


def test_a_storm_over_many_jobs_is_one_mail() -> None:
    for number in range(30):
        run(make_job(f"job {number}", alert_emails=[ANA], alert_on=["failure"]), 3)
    raise_alerts()
    claimed = Outbox().claim()
    assert len(claimed) == 30
    message = alert_mail(claimed)
    assert str(message.subject) == "Failed: job 29 #1, exit 3, 29 more"
    assert "job 28 #1 failed, exit 3" in message.body.splitlines()


def test_the_link_of_a_mail_mutes_and_unmutes_without_signing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "public_url", "http://localhost")
    job = make_job("nightly", alert_emails=[ANA], alert_on=["end"])
    run(job)
    raise_alerts()
    [alert] = Outbox().claim()
    message = alert_mail([alert])
    link = re.search(r"http://localhost(/alerts/mute/\S+)", str(message.body))
    assert link
    client = Client(headers={"Host": "localhost"})
    assert "nightly" in client.get(link[1]).content.decode()
    client.post(link[1], {"for": "24"})
    assert "hears nothing" in client.get(link[1]).content.decode()
    run(job)
    assert told() == ["success"]
    client.post(link[1], {"for": "not"})
    assert Client(headers={"Host": "localhost"}, enforce_csrf_checks=True).post(f"{link[1]}/now").status_code == 204
    run(job)
    assert told() == ["success"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("key", ["nonsense", "WzEsImEiXQ:1abc:forged"])
def test_a_link_that_was_made_up_does_nothing(key: str) -> None:
    client = Client(headers={"Host": "localhost"})
    assert client.get(f"/alerts/mute/{key}").status_code == 404
    assert client.post(f"/alerts/mute/{key}/now").status_code == 404
