"""The board: what it shows first, how it is narrowed, and that it stays quick and small."""

import gzip
import json
import os
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.core.reasons import Reason
from capsulier.core.states import Status
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.progress import progress_path
from capsulier.store.models import Execution, Fire, Job, Schedule
from tests.builders import make_actor, make_job, make_leader, make_platform, new_execution
from tests.web.past import live_execution
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAILY = ScheduleDraft(repeat="R/2026-01-01T08:00:00/P1D")
S = 1_000_000


def end(job: Job, exit_code: int = 0, times: int = 1) -> None:
    """Let it run to its end."""
    for _ in range(times):
        [queued] = queue([new_execution(job)], S)
        place([queued.id], engine="local", node="here", now_us=2 * S)
        record([Begun(queued.id, 1, 3 * S, {})], 3 * S)
        record([Ended(queued.id, Reason.EXIT, 51 * S, exit_code=exit_code)], 51 * S)


def paused_job(name: str, **settings: object) -> Job:
    """A daily one, paused three runs ago."""
    job = make_job(name, schedule=DAILY, **settings)
    pause_schedule(make_actor(), job.pk)
    Schedule.objects.filter(job=job).update(accounted_us=now_us() - 3 * 86_400 * S)
    return job


def names(page: str) -> list[str]:
    """The jobs of the board, in its order."""
    found = client_of().get(page).content.decode()
    return [name for name in Job.objects.values_list("name", flat=True) if f'title="{name}"' in found]


def test_a_row_says_how_it_ended_when_and_how_long_it_took() -> None:
    end(make_job("told"), exit_code=3)
    words = text_of(client_of().get("/"))
    assert "Failed told" in words
    assert ", 48 s" in words


def test_a_job_that_waits_shows_its_last_outcome_first() -> None:
    end(make_job("waiting", schedule=DAILY), exit_code=3)
    assert "Failed, Waiting next schedule run waiting" in text_of(client_of().get("/"))


def test_a_row_says_what_its_queue_waits_for() -> None:
    make_leader()
    job = make_job("waiting", max_running=1)
    first, *_ = queue([new_execution(job)] * 3, S)
    place([first.id], engine="local", node="here", now_us=2 * S)
    words = "2 in the queue, the first waits for 1 other of this job to end: 1 at once"
    for address in ("/", "/?view=table"):
        assert f'title="{words}"' in client_of().get(address).content.decode()


@pytest.mark.parametrize(
    ("statuses", "found"),
    [
        (["failed"], ["bad", "bad and waiting"]),  # a waiting job is found by its last outcome, too
        (["waiting"], ["bad and waiting", "idle and waiting"]),
        (["never"], ["new"]),
        (["queued", "never"], ["new", "queued"]),
        (["nonsense"], ["bad", "bad and waiting", "idle and waiting", "new", "queued"]),
    ],
)
def test_the_filter_takes_several_statuses(statuses: list[str], found: list[str]) -> None:
    end(make_job("bad"), exit_code=1)
    end(make_job("bad and waiting", schedule=DAILY), exit_code=1)
    make_job("idle and waiting", schedule=DAILY)
    make_job("new")
    queue([new_execution(make_job("queued"))], S)
    assert sorted(names("/?" + "&".join(f"status={each}" for each in statuses))) == found


@pytest.mark.parametrize("address", ["/", "/?view=table"])
def test_a_paused_schedule_is_marked_and_leads_to_resuming(address: str) -> None:
    job = paused_job("on hold")
    page = client_of().get(address)
    assert f'href="/jobs/{job.pk}/resume"' in page.content.decode()
    assert "paused" in text_of(page)
    assert f'href="/jobs/{job.pk}/resume"' not in client_of(Role.VIEWER).get(address).content.decode()


def test_the_statuses_are_counted_for_the_whole_platform_whatever_is_searched() -> None:
    end(make_job("bad"), exit_code=1)
    make_job("new")
    page = client_of().get("/?q=nothing")
    counts = {status: count for status, count, _ in page.context["counts"]}
    assert (counts[Status.FAILED], counts[Status.NEVER], counts[Status.RUNNING]) == (1, 1, 0)


@pytest.mark.parametrize("search", ["PRICES", "pri", "Ïnvoïces", "zoo", "  prices "])
def test_search_minds_neither_case_nor_where_the_words_stand(search: str) -> None:
    make_job("daily-prices")
    make_job("ïnvoïces", description="feeds the Zoo")
    assert len(names(f"/?q={search}")) == 1


def test_a_large_capsule_shows_those_that_need_attention_and_a_way_to_all() -> None:
    for number in range(20):
        make_job(f"quiet-{number:02}")
    end(make_job("zz-broken"), exit_code=1)
    page = client_of().get("/")
    assert page.content.decode().count('class="job"') == 12
    assert "zz-broken" in text_of(page)
    assert "All 21" in text_of(page)


@pytest.mark.parametrize("address", ["/", "/?view=table", "/?view=table&sort=status", "/?q=job"])
def test_the_number_of_queries_does_not_grow_with_the_jobs(address: str) -> None:
    client = client_of()
    for number in range(3):
        end(make_job(f"job-{number}"), times=2)
    client.get(address)  # the first page of a session notes that it was seen
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3, 15):
        end(make_job(f"job-{number}"), times=2)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def fill(numbers: range) -> None:
    """Jobs in four cards."""
    platform, version = make_platform(), make_job().current_version
    Job.objects.bulk_create(
        Job(
            platform=platform,
            name=f"job-{n}",
            name_key=f"job-{n}",
            capsule=("bash", "python")[n % 2],
            category=("extraction", "processing")[n // 2 % 2],
            current_version=version,
        )
        for n in numbers
    )


def cpu_s(client: Client, address: str) -> float:
    """The processor's time for it, the least of several."""

    def once() -> float:
        began = time.process_time()
        client.get(address)
        return time.process_time() - began

    return min(once() for _ in range(5))


def test_the_board_of_5000_jobs_is_as_quick_and_as_small_as_one_of_few() -> None:
    client = client_of()
    fill(range(50))
    few_s = cpu_s(client, "/")
    fill(range(50, 5000))
    assert cpu_s(client, "/") < 3 * few_s
    page = client.get("/")
    assert len(gzip.compress(page.content)) < 150_000
    assert page.content.decode().count('class="job"') == 4 * 12


def test_the_table_has_pages_and_orders() -> None:
    for number in range(60):
        make_job(f"job-{number:02}")
    assert names("/?view=table&page=2")[0] == "job-50"
    assert "job-59" in names("/?view=table&sort=-name")
    assert "job-00" not in names("/?view=table&sort=-name")
    assert "Page 2 of 2" in text_of(client_of().get("/?view=table&page=99"))


@pytest.mark.parametrize(
    "query", ["page=0", "page=²", "page=99999999999999999999", "sort=evil", "job=x", "q=%00", "view=x", "capsule=nope"]
)
def test_an_address_typed_by_hand_shows_a_board_all_the_same(query: str) -> None:
    make_job()
    assert client_of().get(f"/?view=table&{query}").status_code == 200


def test_an_empty_board_says_how_to_begin() -> None:
    words = text_of(client_of().get("/"))
    assert "There is no job yet." in words
    assert "Make an example job" in words


def test_the_example_job_is_made_and_run() -> None:
    answer = client_of().post("/board/example")
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/logs"
    assert (job.name, job.queued) == ("Example", 1)
    client_of().post("/board/example")
    assert Job.objects.filter(name="Example (2)").exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"onload="x', "x" * 255, "تقرير المبيعات", "🚀 launch"])
def test_names_are_shown_as_they_are_and_do_nothing(name: str) -> None:
    make_job(name)
    page = client_of().get("/").content.decode()
    assert "<script>alert" not in page
    assert '"onload=' not in page
    assert client_of().get("/?view=table").status_code == 200


def test_how_far_a_running_job_is_stands_in_its_row() -> None:
    execution = live_execution(make_job("loading"))
    assert "<progress" not in client_of().get("/").content.decode()
    path = progress_path(execution.pk, 1)
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"progress": 0.42, "note": "day 5 of 12"}')
    for page in ("/", "/?view=table"):
        shown = client_of().get(page).content.decode()
        assert '<progress class="job-progress" max="100" value="42"' in shown
        assert 'hx-trigger="every 5s"' in shown


def test_a_capsule_whose_tool_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("capsulier.services.capsule_health._lately", {})
    assert "R is not installed: there is no Rscript on this machine." in client_of().get("/").content.decode()


class TestWhatChanged:
    """A page asks for what changed since it was drawn, and says what it shows."""

    def ask(self, known: dict[str, object]) -> str:
        return client_of().get("/board/changes", known, headers={"HX-Request": "true"}).content.decode()

    def test_only_the_rows_that_changed_come_back(self) -> None:
        one, other = make_job("one"), make_job("other")
        Job.objects.update(changed_us=1)
        queue([new_execution(one)], 10 * S)
        answer = self.ask({"since": 5 * S, "total": 2, "job": [one.pk, other.pk]})
        assert f'hx-target="#job-{one.pk}"' in answer
        assert f'hx-target="#job-{other.pk}"' not in answer

    def test_a_job_that_matches_no_longer_stays_while_one_looks_at_it(self) -> None:
        job = make_job("failed before")
        end(job, exit_code=1)
        queue([new_execution(job)], 60 * S)
        answer = self.ask({"since": 55 * S, "total": 1, "job": [job.pk], "status": ["failed"]})
        assert f'hx-target="#job-{job.pk}"' in answer
        assert 'hx-target="#board"' not in answer

    def test_a_program_that_told_its_progress_since_brings_its_row(self) -> None:
        job = make_job("loading")
        execution = live_execution(job)
        Job.objects.update(changed_us=1)
        known = {"since": 1_000 * S, "total": 1, "job": [job.pk]}
        path = progress_path(execution.pk, 1)
        path.parent.mkdir(exist_ok=True)
        path.write_text('{"progress": 0.42, "note": "<day> 5"}')
        answer = self.ask(known)
        assert f'hx-target="#job-{job.pk}"' in answer
        assert 'value="42" title="&lt;day&gt; 5' in answer
        os.utime(path, (999, 999))
        assert f'hx-target="#job-{job.pk}"' not in self.ask(known)

    def test_a_new_job_brings_the_board_anew(self) -> None:
        one = make_job("one")
        make_job("brand new")
        answer = self.ask({"since": 5 * S, "total": 1, "job": [one.pk]})
        assert 'hx-target="#board"' in answer
        assert "brand new" in answer

    def test_a_deleted_job_brings_the_board_anew(self) -> None:
        one, gone = make_job("one"), make_job("gone")
        client_of().post(f"/jobs/{gone.pk}/delete")
        answer = self.ask({"since": 5 * S, "total": 1, "job": [one.pk, gone.pk]})
        assert 'hx-target="#board"' in answer


class TestMany:
    """Bulk actions of the table."""

    def act(self, do: str, *jobs: Job, **more: str) -> str:
        given = {"do": do, "job": [job.pk for job in jobs], "back": "/?view=table", **more}
        return text_of(client_of().post("/board/bulk", given, follow=True))

    def test_run_and_stop(self) -> None:
        jobs = [make_job(), make_job()]
        assert "2 jobs are queued." in self.act("run", *jobs)
        assert "2 jobs are being stopped." in self.act("stop", *jobs)

    def test_what_is_refused_is_said_and_the_rest_is_done(self) -> None:
        idle, busy = make_job("idle"), make_job("busy")
        queue([new_execution(busy)], S)
        words = self.act("stop", idle, busy)
        assert "1 job is being stopped." in words
        assert "“idle”: Nothing of “idle” is running or waiting." in words

    def test_pause_keeps_the_schedule(self) -> None:
        job = make_job(schedule=DAILY)
        self.act("pause", job)
        job.refresh_from_db()
        assert job.schedule.paused
        assert job.next_fire_us is None

    def test_resume_asks_what_to_do_with_what_was_missed(self) -> None:
        job, never_paused = paused_job("paused"), make_job(schedule=DAILY)
        words = self.act("resume", job, never_paused)
        assert "Resume 1 schedule?" in words
        assert "missed 3 runs, the latest" in words
        job.schedule.refresh_from_db()
        assert job.schedule.paused
        self.act("resume", job, sure="yes", missed="all")
        assert sorted(Fire.objects.filter(job=job).values_list("outcome", flat=True)) == ["late", "queued", "queued"]

    def test_each_job_s_own_policy_holds_where_no_other_is_chosen(self) -> None:
        job, other = paused_job("leaves out", catch_up="none"), paused_job("makes up", catch_up="latest")
        assert "2 jobs are resumed." in self.act("resume", job, other, sure="yes", missed="")
        assert [Execution.objects.filter(job=each).count() for each in (job, other)] == [0, 1]

    def test_resume_of_what_is_not_paused_does_nothing(self) -> None:
        assert "None of these jobs has a paused schedule." in self.act("resume", make_job(schedule=DAILY))

    def test_delete_asks_first(self) -> None:
        job = make_job("doomed")
        assert "Delete 1 job?" in self.act("delete", job)
        assert Job.objects.get().deleted_at is None
        self.act("delete", job, sure="yes")
        assert Job.objects.get().deleted_at is not None

    def test_nothing_chosen_does_nothing(self) -> None:
        assert "Choose the jobs first" in self.act("run")

    def test_the_way_back_leads_nowhere_else(self) -> None:
        answer = client_of().post("/board/bulk", {"do": "run", "back": "https://elsewhere.example"})
        assert answer.headers["Location"] == "/?view=table"


def test_the_toast_of_a_deletion_offers_undo() -> None:
    job = make_job("Überraschung")
    answer = client_of().post(
        f"/jobs/{job.pk}/delete", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/"}
    )
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast == {"text": "“Überraschung” is in the trash.", "level": "success", "undo": f"/jobs/{job.pk}/restore"}
    client_of().post(toast["undo"])
    assert Job.objects.get().deleted_at is None


def test_a_name_loses_its_middle_unless_it_is_read_from_the_right() -> None:
    make_job("sap-orders-extract-incremental")
    make_job("تقرير المبيعات اليومية")
    shown = client_of().get("/").content.decode()
    assert "<bdi>sap-orders-extract-inc</bdi><bdi>remental</bdi>" in shown
    assert "<bdi>تقرير المبيعات اليومية</bdi>" in shown


def test_a_table_without_jobs_says_what_to_do() -> None:
    shown = client_of().get("/?view=table").content.decode()
    assert "Make an example job" in shown
    assert "<table" not in shown
