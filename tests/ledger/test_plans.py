"""The statements that run all the time go through their indexes, on both databases, however long the tables are."""

import json
import re
from typing import Any

import pytest
from django.db import connection

from capsulier.ledger import statements
from capsulier.services.drafts import ScheduleDraft
from capsulier.store.models import Execution, Job, Schedule
from tests.builders import make_job
from tests.plans import no_sequential_scans, plan_of, scans

pytestmark = [pytest.mark.database, pytest.mark.django_db]


INDEXES = [
    ("queue_heads", {"job_with_queue"}, {"now_us": 10**9, "depth": 64, "rows": '[{"platform_id": 1}]'}),
    ("queue_heads", {"execution_queue"}, {"now_us": 10**9, "depth": 64, "rows": '[{"platform_id": 1}]'}),
    ("due_schedules", {"schedule_due"}, {"now_us": 10**9, "limit": 100}),
    ("next_due", {"schedule_due"}, {}),
    ("next_in_queue", {"execution_delayed"}, {"now_us": 10**9}),
    ("at_work", {"execution_at_work"}, {"engine": "local", "node": "here"}),
    ("stops_to_do", {"execution_to_stop", "execution_at_work"}, {"engine": "local", "node": "here"}),
    ("forced_elsewhere", {"execution_to_stop", "execution_at_work"}, {"engine": "local", "node": "there"}),
    ("waiting", {"execution_queue", "execution_delayed"}, {"now_us": 10**9, "rows": '[{"id": 12000}]'}),
    ("first_in_queue", {"execution_queue"}, {"now_us": 10**9, "rows": '[{"job_id": 8}]'}),
    ("live_of_job", {"execution_queue"}, {"job_id": 8}),
    ("live_of_job", {"execution_at_work"}, {"job_id": 8}),
    ("replaceable", {"execution_at_work"}, {"job_id": 8}),
    ("queue_of_job", {"execution_queue"}, {"job_id": 8}),
    ("work_per_platform", {"execution_at_work"}, {}),
    (
        "past_of_job",
        {"execution_number_once", "execution_job_id", "execution_of_job_when", "job_id=? AND number<?"},
        {"job_id": 1, "before": 10**9, "limit": 200},
    ),
]


def test_statements_use_their_indexes() -> None:
    fill_tables()
    if connection.vendor == "sqlite":
        assert plans_without_index() == []  # it knows nothing of its tables until somebody analyzes them
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert plans_without_index() == []
    assert "Seq Scan on execution" not in plan("waiting", {"now_us": 10**9, "rows": '[{"id": 12000}]'})


def plans_without_index() -> list[str]:
    plans = [(plan(name, parameters), indexes) for name, indexes, parameters in INDEXES]
    return [each for each, indexes in plans if not any(index in each for index in indexes)]


SELDOM = {"invented", "count_invented", "sealed_variables"}
"""Made for going through everything: a past to measure with, the rotation of secrets."""


def test_no_statement_goes_through_a_large_table() -> None:
    fill_tables()
    with no_sequential_scans():
        found = {
            name: tables
            for name, sql in statements.all_texts().items()
            if name not in SELDOM and (tables := scans(sql, plan_of(sql, parameters_of(sql))))
        }
    assert found == {}


def parameters_of(sql: str) -> dict[str, Any]:
    """Any that do: a plan is wanted, no answer."""
    texts = {"engine": "local", "node": "here", "name": "conductor", "holder": "me", "reason": "x", "by": "me"}
    known: dict[str, Any] = texts | {"force": False, "yes": True, "no": False, "now_us": 10**9}
    row = dict.fromkeys({*re.findall(r"rows\.(\w+)", sql), "id", "job_id", "platform_id"}, 1)
    return {name: known.get(name, 1) for name in re.findall(r"%\((\w+)\)s", sql)} | {"rows": json.dumps([row])}


def fill_tables() -> None:
    """Enough that no planner would rather read a whole table: nearly everything has ended, nearly nothing is due."""
    template = make_job(schedule=ScheduleDraft(cron="0 8 * * *"))
    jobs = Job.objects.bulk_create(
        Job(
            platform_id=template.platform_id,
            name=f"j{n}",
            name_key=f"j{n}",
            capsule="bash",
            category="extraction",
            queued=n in (7, 8),
        )
        for n in range(2000)
    )
    Schedule.objects.bulk_create(
        Schedule(job=each, cron="0 8 * * *", timezone="UTC", accounted_us=0, next_fire_us=10**15 + each.id)
        for each in jobs
    )
    ended = [execution(template, jobs[n % 2000], n, state="success", ended_us=n) for n in range(10_000)]
    waiting = [execution(template, jobs[7 + n % 2], 10_000 + n, state="queued") for n in range(1000)]
    working = [execution(template, jobs[n], 20_000 + n, state="running", stop_us=n or None) for n in range(5)]
    Execution.objects.bulk_create(ended + waiting + working, batch_size=500)


def execution(template: Job, job: Job, number: int, **facts: object) -> Execution:
    return Execution(
        platform_id=template.platform_id,
        job=job,
        number=number,
        version_id=template.current_version_id,
        trigger="manual",
        not_before_us=number,
        queued_us=number,
        engine="local",
        node="here",
        **facts,
    )


def plan(name: str, parameters: dict[str, int | str]) -> str:
    return plan_of(statements.text(name), parameters or None)
