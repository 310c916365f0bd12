"""Copying, deleting and restoring jobs."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction

from capsulier.core.errors import JobDeleted
from capsulier.services.copy_job import copy_job
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.restore_job import restore_job
from capsulier.services.run_job import run_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Change, Execution, Job, Schedule, Version
from tests.builders import make_actor, make_job
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAILY = ScheduleDraft(repeat="R/2020-01-01T08:00:00/P1D", timezone="Europe/Paris")


def test_a_copy_has_everything_but_the_history() -> None:
    source = make_job("nightly", command="echo one", schedule=DAILY, retries=2, alert_emails=["a@b.c"])
    upgrade_job(make_actor(), source.id, VersionDraft("echo two", timeout_s=9, cpus=0.5))
    run_job(make_actor(), source.id)
    copy = copy_job(make_actor(), source.id)
    assert (copy.name, copy.retries, copy.alert_emails, copy.execution_counter) == ("nightly (2)", 2, ["a@b.c"], 0)
    version = Version.objects.get(job=copy)
    assert (version.number, version.command, version.timeout_s, version.cpus) == (1, "echo two", 9, 0.5)
    assert Schedule.objects.get(job=copy).timezone == "Europe/Paris"
    assert Change.objects.get(job=copy).verb == "created from nightly"


def test_a_copy_of_a_job_whose_schedule_is_over_is_run_by_hand() -> None:
    source = make_job(schedule=DAILY)
    Schedule.objects.update(until="2021-01-01T00:00:00Z", next_fire_us=None)
    copy = copy_job(make_actor(), source.id, name="copy")
    assert not Schedule.objects.filter(job=copy).exists()


def test_a_deleted_job_fires_and_runs_no_more() -> None:
    job = make_job(schedule=DAILY)
    queued = run_job(make_actor(), job.id)
    deleted = delete_job(make_actor(), job.id)
    assert deleted.deleted_at is not None
    assert deleted.next_fire_us is None
    assert Execution.objects.get(id=queued.id).state == "killed"
    with pytest.raises(JobDeleted):
        run_job(make_actor(), job.id)
    assert delete_job(make_actor(), job.id).revision == deleted.revision


def test_a_restored_job_has_all_it_had() -> None:
    job = make_job(schedule=DAILY)
    run_job(make_actor(), job.id)
    delete_job(make_actor(), job.id)
    restored = restore_job(make_actor(), job.id)
    assert (restored.name, restored.deleted_at, restored.execution_counter) == (job.name, None, 1)
    assert restored.next_fire_us == job.next_fire_us
    assert restore_job(make_actor(), job.id).revision == restored.revision


def test_a_name_that_was_taken_meanwhile_gets_a_number() -> None:
    job = make_job("nightly")
    delete_job(make_actor(), job.id)
    make_job("Nightly")
    assert restore_job(make_actor(), job.id).name == "nightly (2)"


def test_a_schedule_that_was_over_stays_over() -> None:
    job = make_job(schedule=DAILY)
    Schedule.objects.update(next_fire_us=None)
    delete_job(make_actor(), job.id)
    assert restore_job(make_actor(), job.id).next_fire_us is None


@pytest.mark.django_db(transaction=True)
def test_two_jobs_of_one_name_restored_at_once_get_two_names() -> None:
    ids = []
    for _ in range(4):
        job = make_job("nightly")
        delete_job(make_actor(), job.id)
        ids.append(job.id)
    actor = make_actor()

    def restore(job_id: int) -> str:
        try:
            return restore_job(actor, job_id).name
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        names = sorted(threads.map(restore, ids))
    assert names == ["nightly", "nightly (2)", "nightly (3)", "nightly (4)"]
    assert Job.objects.filter(deleted_at=None).count() == 4


@pytest.mark.django_db(transaction=True)
def test_what_is_queued_while_its_job_is_being_deleted_is_stopped_too() -> None:
    job, actor = make_job(), make_actor()
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            execution = run_job(actor, job.id)
            deleted = thread.submit(in_own_connection, lambda: delete_job(actor, job.id))
            assert not wait([deleted], timeout=0.3).done
        assert deleted.result(10).deleted_at is not None
    assert Execution.objects.get(id=execution.id).state == "killed"
