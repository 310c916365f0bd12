"""The activity page: what ran, what comes, what became of due instants."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft
from capsulier.store.models import Fire, Job
from capsulier.store.reads import activity, busy_timeline
from capsulier.store.reads.activity import timeline_queries
from capsulier.store.reads.busy_timeline import slot_queries
from tests.builders import make_actor, make_job, make_platform
from tests.plans import no_sequential_scans, plan_of, scans
from tests.web.past import live_execution, past_execution
from tests.web.people import anybody, client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOUR_S = 3600


def part(name: str, query: str = "") -> str:
    return text_of(client_of(Role.VIEWER).get(f"/activity?part={name}&{query}"))


def html(query: str = "") -> str:
    return client_of(Role.VIEWER).get(f"/activity?part=timeline&{query}").content.decode()


def make_fire(job: Job, outcome: str, *, ago_s: float = 60, **facts: object) -> Fire:
    due_us = now_us() - int(ago_s * 1_000_000)
    facts = {"decided_us": due_us, **facts}
    return Fire.objects.create(platform_id=job.platform_id, job=job, due_us=due_us, outcome=outcome, **facts)


def test_it_is_for_members_only() -> None:
    make_platform()
    assert anybody().get("/activity").status_code == 302
    assert client_of(None).get("/activity").status_code == 404
    assert client_of(Role.VIEWER).get("/activity").status_code == 200


def test_an_empty_platform_says_so() -> None:
    shown = text_of(client_of().get("/activity"))
    assert "Nothing ran in this time." in shown
    assert "No schedule fires in the next 24 hours." in shown
    assert "No schedule was due yet." in shown


def test_each_execution_is_a_bar_that_leads_to_its_log() -> None:
    job = make_job("bars")
    execution = past_execution(job, "failed", lasted_s=48)
    drawn = html()
    assert f'href="/executions/{execution.pk}"' in drawn
    assert "bars #1: Failed, 48 s" in drawn
    assert "1 execution, 1 failed" in drawn


def test_the_zoom_decides_how_far_back_one_sees() -> None:
    job = make_job("far back")
    past_execution(job, ago_s=3 * HOUR_S)
    assert "far back" not in html("zoom=1h")
    assert "far back" in html("zoom=6h")
    earlier = (datetime.now(UTC) - timedelta(hours=2, minutes=30)).isoformat()
    assert (
        "far back"
        in client_of().get("/activity", {"part": "timeline", "zoom": "1h", "until": earlier}).content.decode()
    )


def test_a_long_execution_is_drawn_though_it_began_long_before() -> None:
    past_execution(make_job("long"), lasted_s=10 * HOUR_S, ago_s=60)
    assert "long #1" in html("zoom=1h")
    live_execution(make_job("living"), queued_us=now_us() - 10**12, started_us=now_us() - 10**12)
    assert "living #1" in html("zoom=1h")


def test_lanes_are_jobs_or_capsules() -> None:
    past_execution(make_job("one"))
    past_execution(make_job("two"))
    assert "one: 1 execution" in html()
    assert "Bash: 2 executions" in html("by=capsule")


def test_what_runs_or_failed_stands_above() -> None:
    past_execution(make_job("a fine"))
    past_execution(make_job("b failed"), "failed")
    live_execution(make_job("c living"))
    drawn = html()
    assert drawn.index("c living") < drawn.index("b failed") < drawn.index("a fine")


def test_short_executions_on_one_spot_become_one_bar() -> None:
    job = make_job()
    for number in range(20):
        past_execution(job, lasted_s=0.01, ago_s=100 + number / 100)
    drawn = html("zoom=7d")
    assert drawn.count("<rect") <= 3
    assert "more like it" in drawn


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three executions are too many to be drawn one by one, and more than two of a job."""
    monkeypatch.setattr(activity.is_busy, "__defaults__", (3,))
    monkeypatch.setattr(busy_timeline, "_FEW", 2)


@pytest.mark.usefixtures("busy")
def test_where_too_much_runs_each_hour_tells_of_all_its_executions() -> None:
    often, seldom, living = make_job("often"), make_job("seldom"), make_job("living")
    for number in range(6):
        past_execution(often, ("success", "failed", "success")[number % 3], lasted_s=1, ago_s=26 + number)
    past_execution(often, "killed", lasted_s=1, ago_s=5 * HOUR_S)
    past_execution(seldom, lasted_s=48)
    for _ in range(3):
        live_execution(living)
    drawn = html()
    assert "7 executions, 2 failed" in drawn
    assert sum(int(each) for each in re.findall(r"<title>often, [^<]*?(\d+) Success", drawn)) == 4
    assert sum(int(each) for each in re.findall(r"<title>often, [^<]*?(\d+) Failed", drawn)) == 2
    assert "1 Killed" in drawn
    assert "seldom #1: Success, 48 s" in drawn
    assert "3 Running" in drawn
    assert drawn.index("living") < drawn.index("often") < drawn.index("seldom")


@pytest.mark.usefixtures("busy")
def test_a_busy_platforms_past_shows_the_jobs_of_that_time_only() -> None:
    then, since = make_job("then"), make_job("since")
    for _ in range(4):
        past_execution(then, lasted_s=1, ago_s=30 * HOUR_S)
        past_execution(since, lasted_s=1)
    past_execution(then, lasted_s=1)
    until = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    drawn = client_of().get("/activity", {"part": "timeline", "until": until}).content.decode()
    assert "4 executions" in drawn
    assert "since" not in text_of(client_of().get("/activity", {"part": "timeline", "until": until}))
    assert "5 executions" not in html()


@pytest.mark.usefixtures("busy")
def test_jobs_that_find_no_room_on_a_busy_timeline_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_timeline, "MOST_JOBS", 2)
    for number in range(5):
        past_execution(make_job(f"job {number}"))
    assert "3 more jobs had executions then." in part("timeline")


def test_another_platforms_executions_are_not_shown() -> None:
    past_execution(make_job("elsewhere", platform=make_platform("other")))
    assert "elsewhere" not in html()


def test_what_comes_is_listed_with_how_often() -> None:
    start = (datetime.now(UTC) + timedelta(minutes=30)).replace(tzinfo=None, microsecond=0)
    make_job("hourly", schedule=ScheduleDraft(repeat=f"R/{start.isoformat()}/PT1H"))
    make_job("thrice", schedule=ScheduleDraft(repeat=f"R3/{start.isoformat()}/PT1M"))
    make_job("often", schedule=ScheduleDraft(cron="* * * * *"))
    make_job("paused", schedule=ScheduleDraft(cron="* * * * *", paused=True))
    make_job("far", schedule=ScheduleDraft(repeat=f"R/{(start + timedelta(days=3)).isoformat()}/P1D"))
    deleted = make_job("deleted", schedule=ScheduleDraft(cron="* * * * *"))
    delete_job(make_actor(), deleted.pk)
    shown = part("coming")
    assert "24 runs" in shown
    assert "3 runs" in shown
    assert "1440 runs" in shown
    assert shown.index("often") < shown.index("hourly")
    for absent in ("paused", "far", "deleted"):
        assert absent not in shown


def test_a_retry_that_waits_is_coming_too() -> None:
    job = make_job("again")
    failed = past_execution(job, "failed")
    live_execution(job, "queued", retry_of_id=failed.pk, attempt=2, not_before_us=now_us() + 10**9)
    assert "Retry of #1, attempt 2" in part("coming")


def test_every_due_instant_says_what_became_of_it() -> None:
    job = make_job("ledger")
    ran = past_execution(job)
    make_fire(job, "ran", ago_s=10, execution=ran)
    make_fire(job, "skipped", ago_s=20, why="overlap")
    until_us = now_us() - 30_000_000
    make_fire(job, "missed", ago_s=900, why="down", count=12, until_us=until_us)
    late = make_fire(job, "late", ago_s=2000, why="down", execution=past_execution(job))
    Fire.objects.filter(id=late.pk).update(decided_us=late.due_us + 300_000_000)
    shown = part("fires")
    assert "Ran as execution 1." in shown
    assert "Did not run: the execution before had not ended." in shown
    assert "Did not run, 12 times: the manager was down." in shown
    assert "Ran 5 min late as execution 2: the manager was down." in shown


def test_fires_are_filtered_by_what_became_of_them_and_by_job() -> None:
    job, other = make_job("mine"), make_job("other job")
    make_fire(job, "ran", ago_s=10, execution=past_execution(job))
    make_fire(job, "skipped", ago_s=20, why="overlap")
    make_fire(other, "ran", ago_s=30, execution=past_execution(other))
    assert part("fires", "fires=ran").count("Ran as") == 2
    assert "Did not run:" not in part("fires", "fires=ran")
    assert "Ran as" not in part("fires", "fires=not")
    assert "other job" not in part("fires", f"job={job.pk}")


def test_older_fires_are_one_page_further() -> None:
    job = make_job()
    for number in range(60):
        make_fire(job, "skipped", ago_s=number, why="overlap")
    client = client_of()
    first = client.get("/activity?part=fires").content.decode()
    assert first.count("Did not run:") == 50
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&").removesuffix("#fires")
    assert client.get(f"{older}&part=fires").content.decode().count("Did not run:") == 10


NONSENSE = ["zoom=x", "until=x", "until=2026-01-01", "until=9999-12-31T00:00:00Z", "before=x", "fires=x", "by=x"]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_that_makes_no_sense_shows_the_page(query: str) -> None:
    assert client_of().get(f"/activity?{query}").status_code == 200


def test_the_timeline_is_read_through_indexes_however_long_the_history() -> None:
    with no_sequential_scans():
        lately, at_work = (query.explain() for query in timeline_queries(make_platform().pk, 0, 10**6, 10**7))
    assert "Seq Scan" not in lately + at_work
    if connection.vendor == "sqlite":  # which of its indexes PostgreSQL takes hangs on what it has counted
        assert "execution_timeline" in lately
        assert "execution_at_work" in at_work


def test_a_busy_timeline_is_counted_by_indexes() -> None:
    parameters = {"since_us": 0, "until_us": 10**7, "slot_us": 10**6, "platform_id": 1, "jobs": "[1, 2]"}
    with no_sequential_scans():
        statements = [(sql, plan_of(sql, parameters)) for sql in slot_queries(connection.vendor)]
    assert not any("execution" in scans(*statement) for statement in statements)
    if connection.vendor == "sqlite":
        plans = [plan for _, plan in statements[:2]]
        assert all("execution_of_job_when" in plan or "execution_unsuccessful_when" in plan for plan in plans)
