"""Lists: searched, filtered, page by page."""

from collections.abc import Callable

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capsulier.api.v2 import jobs
from capsulier.core.access import Role
from capsulier.core.reasons import Reason
from capsulier.core.states import Status
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft
from capsulier.store.models import Job
from capsulier.store.reads.jobs import jobs_query, with_all
from tests.builders import make_actor, make_job, make_platform, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def names(api: httpx.Client, **query: object) -> list[str]:
    return [each["name"] for each in api.get("/jobs", params=query).raise_for_status().json()["items"]]


def bring_to(job: Job, status: Status) -> None:
    """Give the job an execution in this state."""
    [queued] = queue([new_execution(job)], 1)
    if status is Status.QUEUED:
        return
    place([queued.id], engine="local", node="here", now_us=2)
    if status is Status.PENDING:
        return
    record([Begun(queued.id, 1, 3, {})], 3)
    if status is Status.RUNNING:
        return
    reason = Reason.STOPPED if status is Status.KILLED else Reason.EXIT
    record([Ended(queued.id, reason, 4, exit_code=0 if status is Status.SUCCESS else 3)], 4)


def test_every_status_finds_its_jobs_and_says_it(api: httpx.Client) -> None:
    for status in Status:
        schedule = ScheduleDraft(cron="0 8 * * *") if status is Status.WAITING else None
        job = make_job(status.value, schedule=schedule)
        if status not in (Status.NEVER, Status.WAITING):
            bring_to(job, status)
    for status in Status:
        [job] = api.get("/jobs", params={"status": status.value}).json()["items"]
        assert (job["name"], job["status"]) == (status.value, status.value)
    assert names(api, status=["failed", "killed"]) == ["failed", "killed"]
    assert names(api, status="failed,never") == ["failed", "never"]


def test_a_job_that_waits_is_found_by_how_it_last_ended(api: httpx.Client) -> None:
    job = make_job("nightly", schedule=ScheduleDraft(cron="0 8 * * *"))
    bring_to(job, Status.FAILED)
    assert names(api, status="failed") == names(api, status="waiting") == ["nightly"]
    [listed] = api.get("/jobs").json()["items"]
    assert (listed["status"], listed["last_outcome"]) == ("waiting", "failed")
    assert listed["last_execution"]["why"] == "exit 3"
    bring_to(job, Status.RUNNING)
    assert names(api, status="failed") == []


def test_a_search_looks_in_names_and_descriptions_whatever_their_case(api: httpx.Client) -> None:
    make_job("Straße nach Süden")
    make_job("other", description="Loads the INVOICES.")
    make_job("100%_sure")
    assert names(api, search="STRASSE") == names(api, search="süd") == ["Straße nach Süden"]
    assert names(api, search="invoices") == ["other"]
    assert names(api, search="%") == ["100%_sure"]
    assert names(api, search="nothing") == []


def test_filters_go_together(api: httpx.Client) -> None:
    make_job("one")
    make_job("two", platform=make_platform("other"))
    assert names(api) == ["one", "two"]
    assert names(api, platform="other") == ["two"]
    assert names(api, capsule="python") == []
    assert names(api, capsule="bash", platform="main", search="o") == ["one"]


def test_the_trash_is_a_list_of_its_own(api: httpx.Client) -> None:
    make_job("kept")
    delete_job(make_actor(), make_job("gone").id)
    assert names(api) == ["kept"]
    assert names(api, deleted=True) == ["gone"]


def test_jobs_come_page_by_page_in_the_order_of_their_names(api: httpx.Client) -> None:
    for name in "edcba":
        make_job(name)
    first = api.get("/jobs", params={"size": 2}).json()
    assert ([each["name"] for each in first["items"]], first["next"], first["total"]) == (["a", "b"], 2, 5)
    last = api.get("/jobs", params={"size": 2, "page": 3}).json()
    assert ([each["name"] for each in last["items"]], last["next"], last["total"]) == (["e"], None, 5)
    assert api.get("/jobs", params={"size": 2, "page": 9}).json() == {"items": [], "next": None, "total": 5}


def test_a_page_of_executions_stays_where_it_is_while_more_come(api: httpx.Client) -> None:
    job = make_job()
    queue([new_execution(job) for _ in range(5)], 1)
    for path in (f"/jobs/{job.id}/executions", "/executions"):
        first = api.get(path, params={"size": 2}).json()
        seen = [each["number"] for each in first["items"]]
        [new] = queue([new_execution(job)], 2)
        page = first["next"]
        while page is not None:
            following = api.get(path, params={"size": 2, "page": page}).json()
            seen += [each["number"] for each in following["items"]]
            page = following["next"]
        assert seen == list(range(new.number - 1, 0, -1))


def test_executions_are_filtered_by_state(api: httpx.Client) -> None:
    job = make_job()
    for status in (Status.FAILED, Status.SUCCESS, Status.QUEUED):
        bring_to(job, status)
    found = api.get("/executions", params={"state": ["failed", "queued"], "platform": "main"}).json()
    assert [each["state"] for each in found["items"]] == ["queued", "failed"]
    found = api.get(f"/jobs/{job.id}/executions", params={"state": "success"}).json()
    assert [each["number"] for each in found["items"]] == [2]


def test_a_list_takes_as_many_queries_however_long_it_is(api: httpx.Client) -> None:
    for _ in range(5):
        bring_to(make_job(schedule=ScheduleDraft(cron="0 8 * * *")), Status.FAILED)
    rows = with_all(jobs_query(make_platform().id))
    with CaptureQueriesContext(connection) as queries:
        assert len(jobs._shown(list(rows))) == 5
    assert len(queries) == 2


def test_executions_of_all_jobs_come_from_either_end(api: httpx.Client) -> None:
    first, second = make_job("first"), make_job("second")
    queue([new_execution(first), new_execution(second), new_execution(first)], 1)

    def listed(**query: object) -> list[tuple[str, int]]:
        items = api.get("/executions", params=query).raise_for_status().json()["items"]
        return [(each["job"], each["number"]) for each in items]

    oldest = [("first", 1), ("second", 1), ("first", 2)]
    assert listed() == oldest[::-1]
    assert listed(order="oldest") == oldest
    page = api.get("/executions", params={"order": "oldest", "size": 2}).json()
    assert listed(order="oldest", page=page["next"]) == oldest[2:]


def test_totals_are_of_the_platforms_that_one_may_see(signed_in: Callable[..., httpx.Client]) -> None:
    viewer = signed_in(Role.VIEWER)
    for status in (Status.QUEUED, Status.RUNNING, Status.SUCCESS, Status.FAILED):
        bring_to(make_job(), status)
    bring_to(make_job(platform=make_platform("other")), Status.FAILED)
    [totals] = viewer.get("/totals").raise_for_status().json()
    assert totals == {
        "platform": "main",
        "jobs": 4,
        "queued": 1,
        "pending": 0,
        "running": 1,
        "successes": 1,
        "failures": 1,
        "kills": 0,
    }
    assert viewer.get("/totals", params={"platform": "other"}).status_code == 404
