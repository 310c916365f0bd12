"""The pages of one job: what each shows, of healthy, failed, running and deleted jobs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capsulier.clock import as_us, now_us
from capsulier.core.access import Role
from capsulier.ledger.queueing import queue
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.progress import progress_path
from capsulier.services.rollback_job import rollback_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Execution, Job, User
from tests.builders import make_actor, make_job, make_leader, make_user, new_execution
from tests.web.past import live_execution, past_execution
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PANELS = ["", "/executions", "/logs", "/versions", "/versions/1", "/versions/compare", "/changes"]
NASTY = "<script>alert('x')</script> & \"quoted\" \u202eright to left 🙂"


def page(job: Job, panel: str = "", role: Role = Role.EDITOR) -> str:
    return text_of(client_of(role).get(f"/jobs/{job.pk}{panel}"))


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_for_members_only(panel: str) -> None:
    address = f"/jobs/{make_job().pk}{panel}"
    assert anybody().get(address).headers["Location"].startswith("/sign-in?next=")
    assert client_of(None).get(address).status_code == 404
    assert client_of(Role.VIEWER).get(address).status_code == 200


@pytest.mark.parametrize("panel", PANELS)
def test_what_people_and_programs_write_stands_there_as_text(panel: str) -> None:
    job = make_job(NASTY, description=NASTY, command="echo '<b>' </script>", version={"note": NASTY})
    past_execution(job, "failed", logs={"stdout": b"<script>out</script>\n", "stderr": b"<script>err</script>\n"})
    html = client_of().get(f"/jobs/{job.pk}{panel}").content.decode()
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "<script>out" not in html
    assert "<script>err" not in html


@pytest.mark.parametrize("panel", PANELS)
def test_a_deleted_job_says_so_and_offers_to_come_back(panel: str) -> None:
    job = make_job("gone")
    past_execution(job)
    delete_job(make_actor(), job.pk)
    shown = page(job, panel)
    assert "This job is in the trash" in shown
    assert "Restore" in shown
    assert " Run " not in shown


def test_a_job_that_never_ran_says_what_to_do() -> None:
    shown = page(make_job())
    assert "Never launched" in shown
    assert "Press Run to launch it" in shown
    assert "Press Run" not in page(make_job(), role=Role.VIEWER)


def test_a_healthy_job_says_when_it_runs_next_and_how_it_did() -> None:
    start = (datetime.now(UTC) + timedelta(hours=2)).replace(tzinfo=None, microsecond=0)
    job = make_job(schedule=ScheduleDraft(repeat=f"R/{start.isoformat()}/P1D"), description="Loads it.")
    for state, ago_s in (("success", 400), ("failed", 300), ("killed", 200), ("success", 100)):
        past_execution(job, state, lasted_s=12, ago_s=ago_s)
    shown = page(job)
    assert "Runs next in 1 h" in shown
    assert "usually takes 12 s" in shown
    assert "67 % succeeded (2 of 3)" in shown  # whoever killed one wanted it so
    assert "Every day at" in shown
    assert "Loads it." in shown


def test_the_head_says_how_the_last_execution_ended_and_why() -> None:
    job = make_job()
    past_execution(job, "failed", ago_s=3 * 3600)
    assert "Failed exit 3, 3 h ago" in page(job)


def test_a_running_job_shows_its_time_against_the_usual_and_its_log() -> None:
    job = make_job()
    past_execution(job, lasted_s=600, ago_s=900)
    execution = live_execution(job, logs={"stdout": b"at work\n"})
    shown = page(job)
    assert "usually 10 min" in shown
    assert f"Log of #{execution.number}" in shown
    assert "at work" in shown
    assert "Stop" in shown


def test_a_running_job_shows_how_far_its_program_says_it_is() -> None:
    job = make_job()
    execution = live_execution(job)
    path = progress_path(execution.pk, execution.placement)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"progress": 0.42, "note": "<b>loading</b> prices"}')
    shown = page(job)
    assert "42 %" in shown
    assert "&lt;b&gt;loading&lt;/b&gt; prices" in shown


def test_one_that_waits_in_the_queue_does_not_hide_the_log_of_one_that_runs() -> None:
    job = make_job()
    running = live_execution(job, logs={"stdout": b"still here\n"})
    live_execution(job, "queued", alone=True)
    Job.objects.filter(id=job.pk).update(running=1, queued=1)
    make_leader()
    shown = page(job)
    assert f"Log of #{running.number}" in shown
    assert "waits for 1 other of this job to end" in shown


def test_a_failed_job_says_what_changed_since_it_last_worked() -> None:
    job = make_job(command="load --day today")
    past_execution(job, lasted_s=48, ago_s=500, cpu_us=40_000_000, peak_bytes=120_000_000)
    upgrade_job(make_actor(), job.pk, VersionDraft(command="load --day yesterday", timeout_s=60))
    used = {"cpu_us": 1_500_000, "peak_bytes": 2_000_000_000}
    past_execution(job, "failed", lasted_s=2, ago_s=100, logs={"stderr": b"one\nboom\n"}, **used)
    shown = page(job)
    assert "What changed since it last worked?" in shown
    assert "Version 1 → 2" in shown
    assert "load --day today yesterday" in shown  # what went and what came, side by side
    assert "Timeout none → 60 s" in shown
    assert "Duration 48 s → 2 s" in shown
    assert "CPU time 40 s → 1.5 s" in shown
    assert "Peak memory 120 MB → 2 GB" in shown
    assert "boom" in shown
    assert "Roll back to version 1 and run again" in shown
    assert "Roll back" not in page(job, role=Role.OPERATOR)


def test_where_nothing_of_the_job_changed_it_says_so() -> None:
    job = make_job()
    past_execution(job, ago_s=500)
    past_execution(job, "failed", ago_s=100)
    shown = page(job)
    assert "what changed is outside of the job" in shown
    assert "Roll back" not in shown


def test_values_of_variables_are_not_told_apart_in_the_open() -> None:
    job = make_job()
    past_execution(job, ago_s=500, began={"variables": {"KEY": "alpha-secret"}})
    past_execution(job, "failed", ago_s=100, began={"variables": {"KEY": "beta-secret", "MORE": "1"}})
    shown = page(job)
    assert "Variable KEY one value → another" in shown
    assert "Variable MORE not set → set" in shown
    assert "secret" not in shown


def test_a_failure_that_was_the_first_says_that_it_has_never_worked() -> None:
    job = make_job()
    past_execution(job, "failed")
    assert "It has never worked." in page(job)


def test_roll_back_and_run_again_is_one_press() -> None:
    job = make_job(command="true")
    upgrade_job(make_actor(), job.pk, VersionDraft(command="false"))
    client_of().post(f"/jobs/{job.pk}/versions/1/rollback", {"run": "yes"})
    job.refresh_from_db()
    assert job.current_version is not None
    assert job.current_version.number == 1
    assert Execution.objects.get(job=job).version.number == 1


def test_the_news_bring_the_log_only_of_another_execution() -> None:
    job = make_job()
    execution = past_execution(job)
    client = client_of()
    known = client.get(f"/jobs/{job.pk}/news", {"shown": execution.pk}).content.decode()
    other = client.get(f"/jobs/{job.pk}/news", {"shown": execution.pk - 1}).content.decode()
    assert "#overview-first" in known
    assert "#overview-log" not in known
    assert "#overview-log" in other


def test_an_overview_takes_as_many_queries_for_fifty_executions_as_for_two() -> None:
    few, many = make_job(), make_job()
    for job, count in ((few, 2), (many, 50)):
        for number in range(count):
            past_execution(job, ago_s=1000 - number)
    counts = []
    for job in (few, many):
        client = client_of()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/jobs/{job.pk}")
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_executions_are_filtered_by_outcome_trigger_and_day() -> None:
    job = make_job()
    past_execution(job, "success", ago_s=3 * 86_400, began={"trigger": "schedule"})
    past_execution(job, "failed", ago_s=86_400)
    past_execution(job, "failed", ago_s=60, began={"trigger": "schedule"})
    assert shown_numbers(job, "") == [3, 2, 1]
    assert shown_numbers(job, "state=failed") == [3, 2]
    assert shown_numbers(job, "state=failed&trigger=schedule") == [3]
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    assert shown_numbers(job, f"since={two_days_ago}") == [3, 2]
    assert shown_numbers(job, f"until={two_days_ago}") == [1]
    assert "Clear the filters" in page(job, "/executions?state=killed")
    assert shown_numbers(job, "state=nonsense&since=31-31-31&before=x") == [3, 2, 1]


def test_the_days_of_the_filter_are_those_of_the_person() -> None:
    job = make_job()
    execution = past_execution(job, ago_s=10)
    late_us = as_us(datetime(2026, 3, 1, 22, 30, tzinfo=UTC))  # in Paris 23:30, in Tokyo the next morning
    Execution.objects.filter(pk=execution.pk).update(queued_us=late_us)
    for zone, day in (("Europe/Paris", "2026-03-01"), ("Asia/Tokyo", "2026-03-02")):
        User.objects.filter(pk=make_user("editor").pk).update(timezone=zone)
        assert shown_numbers(job, f"since={day}&until={day}") == [1]


def test_older_executions_are_one_page_further() -> None:
    job = make_job()
    for number in range(53):
        past_execution(job, ago_s=1000 - number)
    assert shown_numbers(job, "") == list(range(53, 3, -1))
    assert shown_numbers(job, "before=4") == [3, 2, 1]
    assert "before=4" in client_of().get(f"/jobs/{job.pk}/executions").content.decode()


def test_a_row_of_an_execution_says_who_started_what() -> None:
    job = make_job()
    first = past_execution(job, "failed", ago_s=100)
    past_execution(job, "killed", began={"trigger": "retry", "attempt": 2, "retry_of_id": first.pk})
    shown = page(job, "/executions")
    assert "Retry of #1" in shown
    assert "stopped by Ana" in shown


def test_an_execution_on_a_cluster_names_its_node() -> None:
    job = make_job()
    execution = past_execution(job, "failed", ago_s=100)
    assert "on n1" not in page(job, "/executions")
    Execution.objects.filter(id=execution.pk).update(engine="slurm", handle={"name": "1-1", "node": "n1"})
    assert "on n1" in page(job, "/executions")
    assert "on n1" in text_of(client_of().get(f"/executions/{execution.pk}"))


def test_a_queued_execution_says_what_it_waits_for() -> None:
    job = make_job(max_running=1)
    live_execution(job)
    queued = live_execution(job, "queued")
    Job.objects.filter(id=job.pk).update(running=1, queued=1)
    assert "Queued waits for a conductor: none is running" in page(job, "/executions")
    make_leader()
    words = "waits for 1 other of this job to end: 1 at once"
    assert f"Queued {words}" in page(job, "/executions")
    assert words in text_of(client_of().get(f"/executions/{queued.pk}"))


def test_the_head_of_a_job_says_what_its_queue_waits_for() -> None:
    job = make_job()
    live_execution(job, "queued", not_before_us=now_us() + 250_000_000, trigger="retry")
    assert "Queued retry in 4 min" in page(job, "/head")


def test_changes_say_in_words_what_was_before_and_after() -> None:
    job = make_job("changing", command="true")
    actor = make_actor()
    edit_job(actor, job.pk, settings={"retries": 3}, schedule=ScheduleDraft(cron="0 8 * * *", timezone="Europe/Paris"))
    upgrade_job(actor, job.pk, VersionDraft(command="false", note="Now it fails"))
    rollback_job(actor, job.pk, 1)
    shown = page(job, "/changes")
    assert "Retries 0 → 3" in shown
    assert "Schedule by hand only → At 08:00, every day, Europe/Paris" in shown
    assert "Version 1 → 2 Release note Now it fails" in shown
    assert "editor rolled the job back" in shown
    assert shown.index("rolled the job back") < shown.index("created the job")


def rows(job: Job, query: str) -> str:
    return client_of().get(f"/jobs/{job.pk}/executions?part&{query}").content.decode()


def shown_numbers(job: Job, query: str) -> list[int]:
    """The numbers of the executions in the table, from above."""
    html = rows(job, query)
    places = {each.number: html.find(f'id="execution-{each.pk}"') for each in Execution.objects.filter(job=job)}
    return sorted((number for number, place in places.items() if place >= 0), key=lambda number: places[number])


def test_the_title_and_the_favicon_tell_the_status_and_follow_it() -> None:
    job = make_job("titled")
    past_execution(job, "failed")
    client = client_of()
    whole = client.get(f"/jobs/{job.pk}/versions").content.decode()
    assert "<title>Failed: titled · Versions · Capsulier</title>" in whole
    assert 'name="page-status" content="failed"' in whole
    live_execution(job)
    head = client.get(f"/jobs/{job.pk}/head?panel=versions").content.decode()
    assert "<title>Running: titled · Versions · Capsulier</title>" in head
    assert 'data-page-status="running"' in head
    assert "<title>" not in client.get(f"/jobs/{job.pk}/head?panel=versions&own_title").content.decode()
    assert client.get(f"/jobs/{job.pk}/head?panel=nonsense").status_code == 200


def test_a_backlog_is_cleared_in_one_press_after_a_question() -> None:
    job = make_job("busy")
    client = client_of(Role.OPERATOR)
    queue([new_execution(job)] * 3, 1)
    assert "3 wait in the queue" in page(job)
    for panel in ("", "/executions"):
        assert "Clear the queue…" in page(job, panel, Role.OPERATOR)
        assert "Clear the queue…" not in page(job, panel, Role.VIEWER)
    question = text_of(client.get(f"/jobs/{job.pk}/queue/clear"))
    assert "3 executions that wait will be killed, retries among them" in question
    answer = client.post(f"/jobs/{job.pk}/queue/clear", follow=True)
    assert "The queue of “busy” is cleared: 3 killed." in text_of(answer)
    assert "cleared the queue" in page(job, "/changes")
    assert "Nothing waits in it any more" in text_of(client.get(f"/jobs/{job.pk}/queue/clear"))
    assert client.post(f"/jobs/{job.pk}/queue/clear", headers={"HX-Request": "true"}).status_code == 409


def test_one_that_runs_longer_than_usual_is_marked_wherever_it_is_shown() -> None:
    job = make_job("slow", warn_after_s=3600)
    live_execution(job, warned_us=now_us())
    words = "runs longer than usual, warned after 1 h"
    for panel in ("", "/executions", "/head"):
        assert words in page(job, panel)
    for address in ("/", "/?view=table"):
        assert "runs longer than usual" in text_of(client_of().get(address))
