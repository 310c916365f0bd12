"""Upgrading, rolling back, starring."""

import pytest

from capsulier.core.errors import Invalid, NotFound, Stale
from capsulier.services.drafts import VersionDraft
from capsulier.services.rollback_job import rollback_job
from capsulier.services.run_job import run_job
from capsulier.services.star_version import star_version
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Change, Execution, Job, Version
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def current(job: Job) -> int:
    job.refresh_from_db()
    assert job.current_version is not None
    return job.current_version.number


def test_an_upgrade_becomes_current_and_leaves_the_old_one_as_it_was() -> None:
    job = make_job(command="echo one")
    upgrade_job(make_actor(), job.id, VersionDraft("echo two", note="why"), revision=job.revision)
    assert current(job) == 2
    assert list(Version.objects.order_by("number").values_list("command", "note")) == [
        ("echo one", ""),
        ("echo two", "why"),
    ]
    assert Change.objects.latest("id").after == {"version": 2, "note": "why"}


def test_a_refused_upgrade_leaves_no_version() -> None:
    job = make_job()
    with pytest.raises(Invalid) as refused:
        upgrade_job(make_actor(), job.id, VersionDraft("echo 'no end"))
    assert refused.value.field == "command"
    with pytest.raises(Stale):
        upgrade_job(make_actor(), job.id, VersionDraft("true"), revision=job.revision - 1)
    assert Version.objects.count() == 1


def test_executions_in_the_queue_keep_their_version() -> None:
    job = make_job()
    first = run_job(make_actor(), job.id)
    upgrade_job(make_actor(), job.id, VersionDraft("echo two"))
    second = run_job(make_actor(), job.id)
    numbers = dict(Execution.objects.values_list("id", "version__number"))
    assert numbers == {first.id: 1, second.id: 2}


def test_a_rollback_makes_a_version_current_again_and_numbers_go_on() -> None:
    job = make_job()
    upgrade_job(make_actor(), job.id, VersionDraft("echo two"))
    rollback_job(make_actor(), job.id, 1)
    assert current(job) == 1
    upgrade_job(make_actor(), job.id, VersionDraft("echo three"))
    assert current(job) == 3


def test_a_rollback_to_the_current_version_changes_nothing() -> None:
    job = make_job()
    changes = Change.objects.count()
    rollback_job(make_actor(), job.id, 1)
    assert Change.objects.count() == changes
    assert Job.objects.get().revision == job.revision


def test_there_is_no_rollback_to_what_does_not_exist_or_is_another_jobs() -> None:
    job, other = make_job(), make_job()
    upgrade_job(make_actor(), other.id, VersionDraft("echo two"))
    with pytest.raises(NotFound):
        rollback_job(make_actor(), job.id, 2)


def test_a_star_is_set_once_and_taken_away_once() -> None:
    job = make_job()
    assert star_version(make_actor(), job.id, 1).is_major
    changes = Change.objects.count()
    star_version(make_actor(), job.id, 1)
    assert Change.objects.count() == changes
    assert not star_version(make_actor(), job.id, 1, is_major=False).is_major
    assert Change.objects.latest("id").verb == "unstarred"
