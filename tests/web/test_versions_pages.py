"""The guide, points 12 and 13: versions, their differences, rollback, major versions."""

import io
import zipfile

import pytest

from capsulier.core.access import Role
from capsulier.services.drafts import VersionDraft
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Job, Package, Version
from tests.builders import make_actor, make_job, make_platform
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def make_package(files: dict[str, str], name: str = "load.zip") -> Package:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return upload_package(make_actor(), make_platform().pk, name, [written.getvalue()])


@pytest.fixture
def job() -> Job:
    first = make_package({"main.py": "1", "same.csv": "a,b", "old.py": "x"})
    made = make_job(command="python {file}", version={"package_id": first.pk, "note": "The first", "timeout_s": 60})
    second = make_package({"main.py": "123", "same.csv": "a,b", "new.py": "y"})
    upgrade_job(
        make_actor(), made.pk, VersionDraft(command="python -u {file}", package_id=second.pk, note="The second")
    )
    return made


def page(job: Job, panel: str, role: Role = Role.EDITOR) -> str:
    return text_of(client_of(role).get(f"/jobs/{job.pk}{panel}"))


def test_the_list_says_which_is_current_who_made_it_and_why(job: Job) -> None:
    shown = page(job, "/versions")
    assert "2 current" in shown
    assert "The first" in shown
    assert "load.zip" in shown
    assert "by editor" in shown
    assert shown.count("Rollback to this version") == 1


def test_a_viewer_sees_versions_and_changes_none(job: Job) -> None:
    shown = page(job, "/versions", Role.VIEWER)
    assert "The first" in shown
    assert "Rollback" not in shown
    assert "Set Major" not in shown
    for deed in ("star", "unstar", "rollback"):
        client_of(Role.VIEWER).post(f"/jobs/{job.pk}/versions/1/{deed}")
    job.refresh_from_db()
    assert job.current_version is not None
    assert job.current_version.number == 2
    assert not Version.objects.filter(job=job, is_major=True).exists()


def test_the_details_list_the_files_of_the_package(job: Job) -> None:
    shown = page(job, "/versions/1")
    assert "python {file}" in shown
    assert "old.py" in shown
    assert "1 min" in shown  # the timeout


def test_two_versions_are_told_apart_by_command_limits_and_files(job: Job) -> None:
    shown = page(job, "/versions/compare?from=1&to=2")
    assert "python -u {file}" in shown
    assert "Timeout 1 min → none" in shown
    assert "main.py changed 1 B 3 B" in shown
    assert "new.py added 1 B" in shown
    assert "old.py removed 1 B" in shown
    assert "1 file is the same" in shown
    assert "same.csv" not in shown


def test_a_file_of_the_same_size_and_other_content_has_changed(job: Job) -> None:
    other = make_package({"main.py": "124", "same.csv": "a,b", "new.py": "y"})
    upgrade_job(make_actor(), job.pk, VersionDraft(command="python {file}", package_id=other.pk))
    assert "main.py changed 3 B 3 B" in page(job, "/versions/compare?from=2&to=3")


def test_packages_that_are_no_archives_are_files_themselves(job: Job) -> None:
    for content in (b"echo a", b"echo b"):
        plain = upload_package(make_actor(), job.platform_id, "run.sh", [content])
        upgrade_job(make_actor(), job.pk, VersionDraft(command="sh {file}", package_id=plain.pk))
    assert "run.sh added 6 B" in page(job, "/versions/compare?from=2&to=3")
    assert "run.sh changed 6 B 6 B" in page(job, "/versions/compare?from=3&to=4")


def test_a_version_that_is_not_there_is_not_found(job: Job) -> None:
    for address in ("/versions/9", "/versions/compare?from=1&to=9", "/versions/9/rollback"):
        assert client_of().get(f"/jobs/{job.pk}{address}").status_code == 404


def test_rollback_asks_then_makes_the_version_current(job: Job) -> None:
    client = client_of()
    assert "Rollback to version 1?" in text_of(client.get(f"/jobs/{job.pk}/versions/1/rollback"))
    answer = client.post(f"/jobs/{job.pk}/versions/1/rollback", follow=True)
    assert "Version 1 is current again." in text_of(answer)
    job.refresh_from_db()
    assert job.current_version is not None
    assert job.current_version.number == 1
    assert job.execution_counter == 0


def test_a_major_version_gets_a_star_and_loses_it_again(job: Job) -> None:
    client = client_of()
    shown = text_of(client.post(f"/jobs/{job.pk}/versions/1/star", follow=True))
    assert "Major version" in shown
    assert "Unset Major Version" in shown
    shown = text_of(client.post(f"/jobs/{job.pk}/versions/1/unstar", follow=True))
    assert "Unset" not in shown


def test_a_star_is_set_by_htmx_without_a_new_page(job: Job) -> None:
    answer = client_of().post(f"/jobs/{job.pk}/versions/2/star", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert Version.objects.get(job=job, is_major=True).number == 2


def test_a_job_with_one_version_has_nothing_to_compare() -> None:
    job = make_job()
    assert "Compare" not in page(job, "/versions")
    assert "the same" in page(job, "/versions/compare")
