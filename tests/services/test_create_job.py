"""Creating a job: all of it or nothing, and every mistake named at its field."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from capsulier.core.errors import CapsulierError, Invalid, InvalidFields, NameTaken
from capsulier.core.states import Status
from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.drafts import ScheduleDraft, SettingsDraft, VersionDraft
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Change, Job, Schedule, Version
from tests.builders import make_actor, make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def create(**facts: object) -> Job:
    given = {"name": "nightly", "capsule": "bash", "version": VersionDraft("true")} | facts
    return create_job(make_actor(), make_platform().id, JobDraft(**given))  # type: ignore[arg-type]


def test_a_job_has_its_first_version_and_stands_in_the_audit_trail() -> None:
    job = create(name="  Nightly export ")
    assert (job.name, job.category, job.status) == ("Nightly export", "extraction", Status.NEVER)
    version = Version.objects.get(job=job)
    assert (version.number, version.command, job.current_version_id) == (1, "true", version.pk)
    change = Change.objects.get(job=job)
    assert (change.verb, change.user_id) == ("created", job.created_by_id)


def test_a_job_with_a_schedule_waits_for_it() -> None:
    job = create(schedule=ScheduleDraft(repeat="R5/2020-01-01T08:00:00/P1D", timezone="Europe/Paris"))
    assert job.status is Status.WAITING
    assert job.next_fire_us == Schedule.objects.get(job=job).next_fire_us


def test_a_paused_schedule_is_not_waited_for() -> None:
    job = create(schedule=ScheduleDraft(cron="0 8 * * *", paused=True))
    assert (job.status, job.next_fire_us) == (Status.NEVER, None)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"capsule": "cobol"}, "capsule"),
        ({"category": "smart-apps", "capsule": "python"}, "category"),
        ({"version": VersionDraft("")}, "command"),
        ({"version": VersionDraft("echo 'no end")}, "command"),
        ({"version": VersionDraft("cat {file}")}, "command"),
        ({"version": VersionDraft("true", runtime="7")}, "runtime"),
        ({"version": VersionDraft("true", timeout_s=0)}, "timeout_s"),
        ({"version": VersionDraft("true", memory_mb=2**40)}, "memory_mb"),
        ({"version": VersionDraft("true", cpus=float("nan"))}, "cpus"),
        ({"version": VersionDraft("true", note="\0")}, "note"),
        ({"version": VersionDraft("true", package_id=4711)}, "package"),
        ({"capsule": "python", "version": VersionDraft("python {file}")}, "package"),
        ({"settings": SettingsDraft(alert_emails=["nobody"])}, "alert_emails"),
        ({"settings": SettingsDraft(alert_emails=["a@b\nBcc: c@d"])}, "alert_emails"),
        ({"settings": SettingsDraft(alert_on=["sometimes"])}, "alert_on"),
        ({"settings": SettingsDraft(overlap="perhaps")}, "overlap"),
        ({"settings": SettingsDraft(catch_up="perhaps")}, "catch_up"),
        ({"settings": SettingsDraft(retries=-1)}, "retries"),
        ({"settings": SettingsDraft(retry_growth=float("inf"))}, "retry_growth"),
        ({"settings": SettingsDraft(max_running=0)}, "max_running"),
        ({"settings": SettingsDraft(description="\0")}, "description"),
        ({"schedule": ScheduleDraft(repeat="R5/2026-01-01T00:00:00")}, "schedule"),
        ({"schedule": ScheduleDraft(cron="0 0 31 2 *")}, "cron"),
        ({"schedule": ScheduleDraft(cron="0 8 * * *", timezone="Europe/Pari")}, "timezone"),
        ({"schedule": ScheduleDraft(repeat="R1/2020-01-01T00:00:00/P1D", cron="0 8 * * *")}, "schedule"),
        ({"schedule": ScheduleDraft(repeat="R0/2030-01-01T00:00:00/P1D")}, "schedule"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create(**facts)
    assert refused.value.field == field
    assert refused.value.sentence.endswith((".", "?"))
    assert not Job.objects.exists()


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InvalidFields) as refused:
        create(name="", version=VersionDraft(""), settings=SettingsDraft(retries=-1))
    assert [error.field for error in refused.value.errors] == ["name", "command", "retries"]


def test_a_name_is_taken_whatever_its_case() -> None:
    make_job("Nightly")
    with pytest.raises(NameTaken) as refused:
        create(name="nIGHTLY ")
    assert refused.value.field == "name"


def test_a_name_is_free_in_another_platform() -> None:
    make_job("nightly", platform=make_platform("other"))
    assert create().name == "nightly"


def test_a_package_of_a_kind_that_the_capsule_does_not_take() -> None:
    package = upload_package(make_actor(), make_platform().id, "data.csv", [b"1"])
    with pytest.raises(Invalid, match=r"data\.csv") as refused:
        create(capsule="python", version=VersionDraft("python {file}", package_id=package.pk))
    assert refused.value.field == "package"


def test_a_package_of_another_platform_is_not_there() -> None:
    other = make_platform("other")
    package = upload_package(make_actor(platform=other), other.id, "a.py", [b"1"])
    with pytest.raises(CapsulierError) as refused:
        create(capsule="python", version=VersionDraft("python {file}", package_id=package.pk))
    assert (refused.value.field, refused.value.status) == ("package", 422)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_of_one_name_are_one_job_and_one_refusal() -> None:
    make_actor()

    def attempt(_: int) -> str:
        try:
            return create().name
        except NameTaken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(attempt, range(4)))
    assert answers == ["nightly", "taken", "taken", "taken"]
    assert (Job.objects.count(), Version.objects.count()) == (1, 1)
