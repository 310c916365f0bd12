"""Who may do what: every use case, as each role, and as a stranger."""

from collections.abc import Callable

import pytest

from capsulier.core.access import Actor, Role
from capsulier.core.errors import NotAllowed, NotFound
from capsulier.services.copy_job import copy_job
from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.finding import find_execution, find_job, find_platform, find_version
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.restore_job import restore_job
from capsulier.services.resume_schedule import resume_schedule
from capsulier.services.rollback_job import rollback_job
from capsulier.services.run_job import run_job
from capsulier.services.star_version import star_version
from capsulier.services.stop_execution import stop_execution
from capsulier.services.stop_job import stop_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Change, Execution, Job
from tests.builders import make_actor, make_job

pytestmark = [pytest.mark.database, pytest.mark.django_db]

UseCase = Callable[[Actor, Job, int], object]

NEEDS: list[tuple[Role, UseCase]] = [
    (Role.VIEWER, lambda actor, job, execution_id: find_job(actor, job.id)),
    (Role.VIEWER, lambda actor, job, execution_id: find_version(actor, job.id, 1)),
    (Role.VIEWER, lambda actor, job, execution_id: find_execution(actor, execution_id)),
    (Role.VIEWER, lambda actor, job, execution_id: find_platform(actor, "main")),
    (Role.OPERATOR, lambda actor, job, execution_id: run_job(actor, job.id)),
    (Role.OPERATOR, lambda actor, job, execution_id: stop_execution(actor, execution_id)),
    (Role.OPERATOR, lambda actor, job, execution_id: stop_job(actor, job.id)),
    (
        Role.EDITOR,
        lambda actor, job, execution_id: create_job(
            actor, job.platform_id, JobDraft(f"new {job.id}", "bash", VersionDraft("true"))
        ),
    ),
    (Role.EDITOR, lambda actor, job, execution_id: copy_job(actor, job.id)),
    (Role.EDITOR, lambda actor, job, execution_id: edit_job(actor, job.id, name=f"other {job.id}")),
    (Role.EDITOR, lambda actor, job, execution_id: upgrade_job(actor, job.id, VersionDraft("true"))),
    (Role.EDITOR, lambda actor, job, execution_id: rollback_job(actor, job.id, 1)),
    (Role.EDITOR, lambda actor, job, execution_id: star_version(actor, job.id, 1)),
    (Role.EDITOR, lambda actor, job, execution_id: pause_schedule(actor, job.id)),
    (Role.EDITOR, lambda actor, job, execution_id: resume_schedule(actor, job.id)),
    (Role.EDITOR, lambda actor, job, execution_id: upload_package(actor, job.platform_id, "a.txt", [b"1"])),
    (Role.EDITOR, lambda actor, job, execution_id: delete_job(actor, job.id)),
    (Role.EDITOR, lambda actor, job, execution_id: restore_job(actor, job.id)),
]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_the_table_says_and_no_more(role: Role) -> None:
    for needed, use_case in NEEDS:
        job = make_job(schedule=ScheduleDraft(cron="0 8 * * *"))
        execution_id = run_job(make_actor(Role.OPERATOR), job.id).id
        actor = make_actor(role)
        if role.rank >= needed.rank:
            use_case(actor, job, execution_id)
        else:
            before = facts(job)
            with pytest.raises(NotAllowed, match=needed):
                use_case(actor, job, execution_id)
            assert facts(job) == before


def test_to_a_stranger_nothing_is_there() -> None:
    job = make_job()
    execution_id = run_job(make_actor(), job.id).id
    before = facts(job)
    for _, use_case in NEEDS:
        with pytest.raises(NotFound):
            use_case(make_actor(None), job, execution_id)
    assert facts(job) == before


def facts(job: Job) -> tuple[object, ...]:
    job.refresh_from_db()
    return job.revision, job.changed_us, Job.objects.count(), Change.objects.count(), Execution.objects.count()
