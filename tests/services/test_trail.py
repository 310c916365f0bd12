"""The audit trail: what is told of a change, and that nobody takes it back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from capsulier.core.access import Actor, Role
from capsulier.core.trail import Subject
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import utc_now
from capsulier.services.forget_trail import forget_trail
from capsulier.services.run_job import run_job
from capsulier.services.stop_execution import stop_execution
from capsulier.services.stop_job import stop_job
from capsulier.services.tidy_up import purge
from capsulier.services.trail import note
from capsulier.store.models import Change, Installation, Job
from tests.builders import make_actor, make_job, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_change_says_who_from_where_and_on_what() -> None:
    job = make_job("nightly")
    actor = replace(make_actor(Role.OPERATOR), via="ci", address="192.0.2.7", agent="curl/8")
    execution = run_job(actor, job.pk, variables={"DAY": "today", "AREA": "north"})
    change = Change.objects.latest("id")
    assert (change.who, change.via, change.address, change.agent) == ("operator", "ci", "192.0.2.7", "curl/8")
    assert (change.subject, change.name, change.verb, change.job_id) == ("execution", "nightly", "ran", job.pk)
    assert change.after == {"execution": execution.number, "version": 1, "variables": ["AREA", "DAY"]}


def test_stops_by_hand_are_told_with_their_numbers() -> None:
    job, actor = make_job(), make_actor(Role.OPERATOR)
    first, *_ = [run_job(actor, job.pk) for _ in range(3)]
    stop_execution(actor, first.pk, force=True)
    assert Change.objects.latest("id").after == {"executions": [1], "force": True}
    stop_job(actor, job.pk)
    assert Change.objects.latest("id").after == {"executions": [2, 3]}


def test_what_strangers_send_is_cut_and_stored_whatever_it_is() -> None:
    stranger = replace(make_actor(None), name="\0" + "n" * 300, agent="a\udc80" * 300, address="x" * 100)
    note(stranger, Subject.SIGN_IN, "", "failed to sign in")
    change = Change.objects.latest("id")
    assert change.who == "�" + "n" * 254
    assert (len(change.agent), len(change.address)) == (255, 63)


def test_nothing_of_the_trail_can_be_changed() -> None:
    make_job()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(who="somebody else")


def test_nothing_of_the_trail_can_be_removed_but_what_was_given_up() -> None:
    _begin_installation()
    first, second = (Change.objects.get(job=make_job()).pk for _ in range(2))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.filter(id=first).delete()
    Installation.objects.update(trail_from=second)
    Change.objects.filter(id=first).delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.filter(id=second).delete()


def test_the_trail_outlives_what_it_tells_of() -> None:
    _begin_installation()
    job = make_job("gone soon")
    delete_job(make_actor(), job.pk)
    purge(Job.objects.get(id=job.pk), utc_now())
    make_user("editor").delete()
    assert not Job.objects.filter(id=job.pk).exists()
    told = Change.objects.filter(job_id=job.pk).order_by("id").values_list("who", "verb", "name")
    assert list(told) == [("editor", "created", "gone soon"), ("editor", "deleted", "gone soon")]


def test_what_is_too_old_is_removed_on_purpose_only_and_that_is_told() -> None:
    _begin_installation()
    make_job("old")
    assert forget_trail(Actor(None, "root", "command line"), utc_now() - timedelta(days=1)) == 0
    assert forget_trail(Actor(None, "root", "command line"), utc_now() + timedelta(days=1)) == 1
    [told] = Change.objects.all()
    assert (told.who, told.subject, told.verb, told.after["rows"]) == (
        "root",
        "trail",
        "removed from the audit trail",
        1,
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.all().delete()


def _begin_installation() -> None:
    """It is gone where a test before emptied the tables."""
    Installation.objects.get_or_create(defaults={"uuid": "00000000-0000-0000-0000-000000000001"})
