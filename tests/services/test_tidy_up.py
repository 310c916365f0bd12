"""The janitor removes what nobody can reach any more, and nothing else."""

from datetime import timedelta

import pytest

from capsulier.services.delete_job import KEPT, delete_job
from capsulier.services.drafts import utc_now
from capsulier.services.restore_job import restore_job
from capsulier.services.run_job import run_job
from capsulier.services.tidy_up import purge, tidy_up
from capsulier.store.models import Execution, Job, Platform
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def make_forgotten() -> Job:
    """One that has been in the trash for longer than it is kept."""
    job = make_job()
    run_job(make_actor(), job.id)
    delete_job(make_actor(), job.id)
    Job.objects.filter(id=job.id).update(deleted_at=utc_now() - KEPT - timedelta(minutes=1))
    return job


def test_a_job_that_was_long_in_the_trash_goes_with_all_it_had() -> None:
    forgotten, kept = make_forgotten(), make_job()
    tidy_up()
    assert not Execution.objects.exists()
    assert list(Job.objects.values_list("id", flat=True)) == [kept.id]
    assert forgotten.id != kept.id


def test_executions_of_a_job_that_is_no_more_still_count() -> None:
    forgotten = make_forgotten()
    tidy_up()
    platform = Platform.objects.get(id=forgotten.platform_id)
    assert (platform.past_successes, platform.past_failures, platform.past_kills) == (0, 0, 1)


def test_a_job_that_is_restored_at_the_last_moment_stays() -> None:
    job = make_forgotten()
    restore_job(make_actor(), job.id)
    purge(job, utc_now() - KEPT)
    assert Execution.objects.filter(job=job).exists()
    assert Job.objects.get(id=job.id).current_version_id is not None
