"""Alerts: who hears of which end, and what the mail says."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.access import Role
from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.ledger.stops import request_stop
from capsulier.services.alert_mail import alert_mail
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.outbox import Outbox
from capsulier.services.raise_alerts import raise_alerts
from capsulier.services.send_mails import NO_SERVER, Postman
from capsulier.services.set_variable import set_variable
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Alert, Execution, Job, Variable
from tests.builders import make_actor, make_alert, make_job, new_execution
from tests.web.past import past_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def run(job: Job, exit_code: int = 0, *, is_stopped: bool = False) -> int:
    """Let an execution of the job begin and end, as the conductor records it."""
    [queued] = queue([new_execution(job)], now_us=1)
    place([queued.id], engine="local", node="here", now_us=2)
    record([Begun(queued.id, 1, 3, {"name": f"{queued.id}-1"})], now_us=3)
    if is_stopped:
        request_stop([queued.id], by="Ana", now_us=4)
    record([Ended(queued.id, Reason.EXIT, 5, 1, exit_code=exit_code)], now_us=5)
    return queued.id


def outbox() -> list[tuple[str, str]]:
    raise_alerts()
    return [(alert.kind, alert.target) for alert in Alert.objects.order_by("id")]


def mail_of(*executions: Execution) -> EmailMessage:
    """The alert about these, as it stands on the wire."""
    ids = [make_alert(execution).pk for execution in executions]
    alerts = Alert.objects.filter(id__in=ids).select_related("job", "occasion__execution__version")
    return message_from_bytes(alert_mail(list(alerts)).message().as_bytes(), policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    return "\n".join(mail.get_body(("plain",)).get_content().splitlines())  # type: ignore[union-attr]


def html_of(mail: EmailMessage) -> str:
    html: str = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    return html


@pytest.mark.parametrize(
    ("alert_on", "kinds"),
    [
        (["success"], ["success"]),
        (["failure"], ["failure"]),
        (["kill"], ["kill"]),
        (["end"], ["success", "failure", "kill"]),
        (["success", "end"], ["success", "failure", "kill"]),
        (["success", "kill"], ["success", "kill"]),
        ([], []),
    ],
)
def test_each_type_of_alert_hears_of_its_ends(alert_on: list[str], kinds: list[str]) -> None:
    job = make_job(alert_emails=["ana@example.org"], alert_on=alert_on)
    run(job)
    run(job, 3)
    run(job, 0, is_stopped=True)
    assert [kind for kind, _ in outbox()] == kinds


def test_a_stop_in_the_queue_is_a_kill_that_is_told() -> None:
    job = make_job(alert_emails=["ana@example.org"], alert_on=["kill"])
    [queued] = queue([new_execution(job)], now_us=1)
    request_stop([queued.id], by="Ben", now_us=2)
    assert outbox() == [("kill", "ana@example.org")]
    assert mail_of(Execution.objects.get(id=queued.id))["Subject"].startswith("Killed: ")


def test_nobody_hears_of_one_end_twice() -> None:
    job = make_job(
        alert_emails=["ana@example.org", "Ana@Example.org", "ben@example.org"] * 2, alert_on=["success", "end"]
    )
    execution_id = run(job)
    record([Ended(execution_id, Reason.EXIT, 5, 1, exit_code=0)], now_us=6)
    assert outbox() == [("success", "ana@example.org"), ("success", "ben@example.org")]


def test_every_attempt_that_fails_is_told() -> None:
    job = make_job(alert_emails=["ana@example.org"], alert_on=["failure"], retries=2)
    run(job, 3)
    assert outbox() == [("failure", "ana@example.org")]


def test_of_two_senders_only_one_gets_a_mail() -> None:
    job = make_job(alert_emails=["ana@example.org"], alert_on=["end"])
    run(job)
    raise_alerts()
    first, second = Outbox(), Outbox()
    assert len(first.claim()) == 1
    assert second.claim() == []


def test_the_mail_says_what_ended_how_and_when() -> None:
    job = make_job("nightly", retries=2)
    for lasted_s in (10, 12, 14):
        past_execution(job, lasted_s=lasted_s, ago_s=5000)
    failed = past_execution(
        job,
        "failed",
        lasted_s=245,
        logs={"stdout": b"began\n", "stderr": b"".join(b"line %d\n" % i for i in range(1, 41))},
    )
    mail = mail_of(failed)
    assert mail["Subject"] == "Failed: nightly #4, exit 3"
    assert mail["To"] == "ana@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    text = text_of(mail)
    assert text.startswith("Failed: nightly, exit 3\n\nExecution  #4, version 1, attempt 1 of 3\nStarted    by hand\n")
    assert "\nTook       4 min 05 s, usually 12 s\n" in text
    assert "\nExit code  3\n" in text
    assert re.search(r"\nEnded      \w+day \d+ \w+ 20\d\d, \d\d:\d\d:\d\d UTC\n", text)
    assert text.endswith("The end of its error log:\n\n" + "".join(f"line {i}\n" for i in range(21, 41)).rstrip())
    for shown in ("nightly", "Failed, exit 3", "4 min 05 s, usually 12 s", "line 21\nline 22\n"):
        assert shown in html_of(mail)
    assert "line 20\n" not in html_of(mail)


def test_a_success_says_how_it_compares_with_those_before_it_not_with_itself() -> None:
    job = make_job("nightly")
    first = past_execution(job, lasted_s=10)
    assert "Took       10 s\n" in text_of(mail_of(first))
    second = past_execution(job, lasted_s=20)
    mail = mail_of(second)
    assert mail["Subject"] == "Success: nightly #2"
    assert "Took       20 s, usually 10 s\n" in text_of(mail)


def test_a_failure_says_what_changed_since_it_last_worked() -> None:
    job = make_job("nightly", command="echo one")
    past_execution(job, lasted_s=10)
    upgrade_job(make_actor(), job.pk, VersionDraft("echo two"))
    text = text_of(mail_of(past_execution(job, "failed", lasted_s=20)))
    changes = ["Version: 1, now 2", "Command: echo one, now echo two", "Duration: 10 s, now 20 s"]
    assert "\n".join(["Since it last worked:", *changes]) in text
    assert "Since it last worked" not in text_of(mail_of(past_execution(job)))


def test_times_are_told_as_the_jobs_schedule_counts_them() -> None:
    job = make_job(schedule=ScheduleDraft(cron="0 8 * * *", timezone="Asia/Tokyo"))
    failed = past_execution(job, "failed", began={"trigger": "schedule", "due_us": 1_785_000_000_000_000})
    text = text_of(mail_of(failed))
    assert "Started    by its schedule\nDue        Sunday 26 July 2026, 02:20:00 Asia/Tokyo\n" in text


def test_a_retry_that_follows_is_announced() -> None:
    job = make_job(alert_emails=["ana@example.org"], alert_on=["failure"], retries=1, retry_delay_s=600)
    failed = Execution.objects.get(id=run(job, 3))
    assert "Next       attempt 2, at Thursday 1 January 1970, 00:10:00 UTC" in text_of(mail_of(failed))


def test_where_the_error_log_is_empty_the_standard_log_is_shown() -> None:
    failed = past_execution(make_job(), "failed", logs={"stdout": b"\x1b[31mno such table\x1b[0m\n", "stderr": b""})
    assert text_of(mail_of(failed)).endswith("The end of its standard log:\n\nno such table")


def test_of_a_preparation_that_failed_its_log_is_shown() -> None:
    failed = past_execution(
        make_job("nightly"),
        "failed",
        reason="setup",
        exit_code=1,
        detail="Install packages: exit 1: No matching distribution",
        logs={"setup": b"> Install packages\nNo matching distribution\n"},
    )
    mail = mail_of(failed)
    assert mail["Subject"] == "Failed: nightly #1, setup failed"
    assert text_of(mail).startswith(
        "Failed: nightly, setup failed: Install packages: exit 1: No matching distribution\n"
    )
    assert "The end of its log of the preparation:\n\n> Install packages\nNo matching distribution" in text_of(mail)


def test_a_log_that_is_gone_or_was_never_there_is_left_out() -> None:
    failed = past_execution(make_job(), "failed")
    Execution.objects.filter(id=failed.pk).update(placement=7)
    failed.refresh_from_db()
    assert "The end of" not in text_of(mail_of(failed))


def test_the_links_lead_to_where_people_reach_the_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = past_execution(make_job(), "failed")
    assert "http" not in text_of(mail_of(failed)) + html_of(mail_of(failed))
    monkeypatch.setattr(config(), "public_url", "https://jobs.example.org/")
    mail = mail_of(failed)
    assert f"Log: https://jobs.example.org/executions/{failed.pk}\n" in text_of(mail)
    assert f"Job: https://jobs.example.org/jobs/{failed.job_id}" in text_of(mail)
    assert f'href="https://jobs.example.org/executions/{failed.pk}"' in html_of(mail)


NASTY = [
    '<script>alert("x")</script> & </pre>',
    "nightly\u2028Bcc: eve@example.org\u2029\u2029<b>",
    "\u202egnp.exe\u2066",
    "日本語 🚀 " + "x" * 240,
    "=?utf-8?q?Bcc=3A_eve?=",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_text_and_never_a_header_or_html(name: str) -> None:
    line = name.encode() + b"\r\x00\xff\xfe\n</pre><img src=x>\n"
    job = make_job()
    Job.objects.update(name=name)  # some of these could be given to no job
    failed = past_execution(job, "failed", detail=name, reason="lost", logs={"stderr": line})
    mail = mail_of(failed)
    assert mail.get_all("To") == ["ana@example.org"]
    assert mail["Bcc"] is None
    assert set(mail.keys()) == {
        *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date"),
        *("Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted"),
    }
    assert len(mail["Subject"].splitlines()) == 1
    assert not set("\u202e\u2066\u2028\u2029") & set(mail["Subject"])
    tags = set(re.findall(r"<(/?\w+)", html_of(mail)))
    assert not tags & {"script", "/script", "b", "img"}
    assert html_of(mail).count("</pre>") == 1


def test_an_endless_line_is_cut() -> None:
    failed = past_execution(make_job(), "failed", logs={"stderr": b"x" * 3_000_000})
    mail = mail_of(failed)
    assert text_of(mail).endswith("x" * 1000 + " …")
    assert len(mail.as_bytes()) < 20_000


def test_the_mails_of_a_job_make_one_thread_and_each_its_own_message() -> None:
    job = make_job()
    first, second = mail_of(past_execution(job, "failed")), mail_of(past_execution(job, "failed"))
    assert first["References"] == second["References"] == first["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]


def test_without_a_mail_server_the_outbox_says_why_nothing_was_sent() -> None:
    assert config().mail_server is None
    run(make_job(alert_emails=["ana@example.org"], alert_on=["end"]))
    raise_alerts()
    assert Postman().send_mails() is None
    mail = Alert.objects.get()
    assert (mail.sent_us, mail.next_try_us, mail.error) == (None, None, NO_SERVER)
    assert mail.created_us <= now_us()


def test_a_secret_that_the_program_printed_is_masked_in_its_alert() -> None:
    job, admin = make_job(), make_actor(Role.ADMINISTRATOR)
    secret = set_variable(admin, Scope(job.platform_id, job), "TOKEN", "hunter22", is_secret=True)
    execution = past_execution(job, "failed", logs={"stderr": b"refused: hunter22\n"}, given={"TOKEN": secret.pk})
    mail = mail_of(execution)
    assert "refused: ********" in text_of(mail)
    assert "hunter" not in text_of(mail) + html_of(mail)


def test_an_alert_goes_out_without_the_log_where_that_cannot_be_masked() -> None:
    job, admin = make_job(), make_actor(Role.ADMINISTRATOR)
    secret = set_variable(admin, Scope(job.platform_id, job), "TOKEN", "hunter22", is_secret=True)
    Variable.objects.update(sealed="of a key that is lost")
    execution = past_execution(job, "failed", logs={"stderr": b"refused: hunter22\n"}, given={"TOKEN": secret.pk})
    assert "refused" not in text_of(mail_of(execution))
