"""However many executions and fires there are, no page and no list of the API reads more of them than it shows."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from capsulier.core.access import Role
from capsulier.services.identity import create_token
from capsulier.services.invent_past import invent_past
from capsulier.store.models import Execution, Job, User
from capsulier.store.reads import activity
from tests.builders import make_platform, make_user
from tests.web.people import client_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

_EXECUTIONS = 20_000
_GROWING = ("execution", "fire")
"""The tables that grow for ever."""
_FEW_ROWS = 2_500
"""A page shows some hundred; the first look at a job's latest of every job on it reads more."""
_FEW_STEPS = 150_000
"""Of SQLite's machine: to go through all of either table takes more than ten for each row."""

PAGES = [
    "/",
    "/?view=table&sort=-last",
    "/?search=orders",
    "/?status=failed",
    "/jobs/{job}",
    "/jobs/{job}/news",
    "/jobs/{job}/logs",
    "/jobs/{job}/executions",
    "/jobs/{job}/executions?state=killed",
    "/jobs/{job}/executions?state=running",
    "/executions/{first}",
    "/executions/{last}",
    "/activity",
    "/activity?zoom=7d",
    "/activity?part=fires&fires=not",
    "/activity?part=fires&fires=ran",
    "/activity?part=fires&job={job}",
    "/activity?part=coming",
    "/palette?q=orders",
    "/trash",
    "/activity?by=capsule",
    "/administration/alerts",
    "/administration/audit",
    "/administration/capsules",
    "/administration/limits",
    "/administration/people",
    "/administration/platforms",
    "/administration/system",
    "/administration/variables",
]
LISTS = [
    "/api/v2/jobs",
    "/api/v2/jobs?search=orders",
    "/api/v2/jobs?status=failed,running",
    "/api/v2/jobs/{job}",
    "/api/v2/jobs/{job}/executions",
    "/api/v2/jobs/{job}/executions?state=running",
    "/api/v2/jobs/{job}/executions?state=killed",
    "/api/v2/jobs/{job}/fires",
    "/api/v2/jobs/{job}/fires?ran=false",
    "/api/v2/executions",
    "/api/v2/executions?order=oldest",
    "/api/v2/executions?state=running&state=pending",
    "/api/v2/executions?state=queued&order=oldest",
    "/api/v2/executions?state=failed&state=success",
    "/api/v2/executions?state=killed&order=oldest",
    "/api/v2/executions/{last}",
    "/api/v2/totals",
    "/metrics",
]


def test_no_page_and_no_list_reads_a_whole_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "MOST_BARS", 500)
    monkeypatch.setattr(activity.read_timeline, "__defaults__", (500,))
    monkeypatch.setattr(activity.is_busy, "__defaults__", (500,))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the test is one transaction
    make_platform()
    invent_past(jobs=300, executions=_EXECUTIONS, schedules=20)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    job = Job.objects.order_by("-execution_counter")[0]
    ids = Execution.objects.filter(job=job).order_by("number").values_list("id", flat=True)
    known = {"job": job.pk, "first": ids[0], "last": job.last_execution_id}
    page = client_of(Role.ADMINISTRATOR)
    User.objects.update(is_superuser=True)  # the pages of the installation, too
    token = create_token(make_user(Role.ADMINISTRATOR.value), "tests", Role.ADMINISTRATOR)
    api = Client(headers={"Host": "localhost", "Authorization": f"Bearer {token}"})
    found = [
        words
        for client, addresses in ((page, PAGES), (api, LISTS))
        for address in addresses
        for words in long_readings(client, address.format(**known))
    ]
    assert found == []


def long_readings(client: Client, address: str) -> Iterator[str]:
    """The statements that an answer takes and that read too much."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and any(f'"{table}"' in sql for table in _GROWING):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    measure, few = (rows_read, _FEW_ROWS) if connection.vendor == "postgresql" else (steps_of, _FEW_STEPS)
    for sql, params in asked:
        if (much := measure(sql, params)) > few:
            yield f"{address}: {much:,} for {sql}"


def rows_read(sql: str, params: Any) -> int:
    """From the growing tables, rows that were looked at and passed over among them. A table of this size may be read
    whole at less cost than by an index; what is asked is whether there is one for when it is large."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return sum(_rows_of(each["Plan"]) for each in (json.loads(plan) if isinstance(plan, str) else plan))


def _rows_of(node: dict[str, Any]) -> int:
    own = 0
    if node.get("Relation Name") in _GROWING:
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return int(own) + sum(map(_rows_of, node.get("Plans", ())))


def steps_of(sql: str, params: Any) -> int:
    """Of SQLite's virtual machine, in hundreds."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 100
        return 0

    connection.connection.set_progress_handler(count, 100)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps
