"""What the conductor asks the database again and again goes through no large table: turns, fires, alerts, the outbox,
what is kept of the past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from capsulier.clock import now_us
from capsulier.ledger.lease import take_lease
from capsulier.ledger.overruns import note_overruns
from capsulier.services.fire_schedules import fire_schedules
from capsulier.services.invent_past import invent_past
from capsulier.services.keep_history import keep_history
from capsulier.services.note_delays import note_delays
from capsulier.services.raise_alerts import raise_alerts
from capsulier.services.send_mails import Postman
from capsulier.services.send_to_channels import Courier
from capsulier.services.take_turn import Post, take_turn
from capsulier.services.tidy_up import tidy_up
from capsulier.store.models import Job
from tests.builders import make_platform
from tests.plans import no_sequential_scans, plan_of, scans, statements_noted

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_what_the_conductor_asks_goes_through_no_large_table() -> None:
    make_platform()
    invent_past(jobs=50, executions=500, schedules=20)
    Job.objects.filter(id__in=Job.objects.values("id")[:10]).update(
        alert_late_s=60, alert_waiting_s=60, alert_emails=["a@example.org"], alert_on=["every_end", "missed"]
    )
    epoch = take_lease("me", now_us=now_us(), ttl_us=10**9)
    assert epoch is not None
    with statements_noted() as noted:
        fire_schedules(epoch, datetime.now(UTC))
        take_turn(epoch, [], posts=[Post("local", "here")], most=64, look=True)
        note_overruns(now_us())
        note_delays()
        raise_alerts()
        Postman().send_mails()
        Courier().send_alerts()
        tidy_up()
    with statements_noted() as of_retention:
        keep_history()
    with no_sequential_scans():
        assert list(scanned(noted)) == []
        # All jobs are gone through, and of each what has ended: the rule is about all of it.
        assert {table for _, tables in scanned(of_retention) for table in tables} <= {"job"}


def scanned(noted: list[tuple[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for sql, parameters in noted:
        if tables := scans(sql, plan_of(sql, parameters)):
            yield sql, tables
