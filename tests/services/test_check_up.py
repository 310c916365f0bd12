"""`capsulier doctor` finds what is wrong, repairs what can be repaired, and leaves alone what is right."""

import os
import shutil
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.access import Role
from capsulier.ledger.lease import CONDUCTOR, take_lease
from capsulier.packages.storage import package_path, store
from capsulier.services.check_up.check_up import CHECKS, check_up
from capsulier.services.check_up.finding import Finding
from capsulier.services.execution_files import execution_directory
from capsulier.services.sealing import Sealer
from capsulier.services.secret_keys import keys_path, new_key, write_keys
from capsulier.services.set_variable import set_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Execution, Installation, Job, Lease, Package
from tests.builders import make_actor, make_job, make_platform, make_user
from tests.web.past import live_execution, past_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def _no_files_of_others() -> None:
    """Tests before have left theirs, and their rows are gone."""
    for each in (config().packages_dir, config().executions_dir):
        for left in each.iterdir():
            if left != config().incoming_dir:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def found(check: str, *, repair: bool = False) -> list[Finding]:
    return list(CHECKS[check](repair))


def words(check: str) -> str:
    return " ".join(each.problem for each in found(check))


def is_repaired(check: str) -> bool:
    """Whether a repair says so, and finds nothing afterwards."""
    findings = found(check, repair=True)
    return bool(findings) and all(each.repair for each in findings) and not found(check)


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_secrets_that_no_key_opens_are_named_and_so_is_a_key_that_is_gone() -> None:
    actor, job = make_actor(Role.ADMINISTRATOR), make_job("nightly")
    set_variable(actor, Scope(job.platform_id, job), "TOKEN", "of the bank", is_secret=True)
    with transaction.atomic():
        sealed = Sealer().seal("JBSWY3DP")
    Authenticator.objects.create(user=make_user("ana"), type="totp", data={"secret": sealed})
    assert not found("secrets")
    keys = keys_path().read_text()
    try:
        write_keys(new_key())
        assert "opens TOKEN of nightly, the second factor of ana. Bring back the key" in words("secrets")
        write_keys(new_key(), *keys.split())
        assert not found("secrets"), "an older key is as good"
        keys_path().unlink()
        assert "is missing, and secrets were sealed with it" in words("secrets")
        assert not keys_path().exists(), "looking makes none"
    finally:
        write_keys(*keys.split())


def test_of_an_installation_that_is_well_nothing_is_said() -> None:
    make_platform()
    Installation.objects.get_or_create(defaults={"uuid": "6e7a4ac2-2f8f-4a3c-9e7d-0c2f54f3a111"})
    (config().data_dir / "installation").write_text(str(Installation.objects.get().uuid))
    take_lease("here:1:ab", now_us=now_us(), ttl_us=6_000_000)
    job = make_job()
    past_execution(job, "failed")
    live_execution(job)
    Job.objects.filter(id=job.id).update(failures=1)
    assert {each.name: each.findings for each in check_up(repair=False)} == {name: [] for name in CHECKS}


def test_counts_of_a_job_that_differ_from_its_executions_are_counted_anew() -> None:
    job = make_job("nightly")
    past_execution(job, "success")
    live_execution(job)
    Job.objects.filter(id=job.id).update(queued=7, running=0, successes=0, last_execution_id=None)
    assert "queued is 7 instead of 0" in words("counts")
    assert "nightly" in words("counts")
    assert is_repaired("counts")
    job.refresh_from_db()
    assert (job.queued, job.running, job.successes) == (0, 1, 1)


def test_a_total_may_be_higher_than_what_is_kept() -> None:
    job = make_job()
    past_execution(job, "success")
    Job.objects.filter(id=job.id).update(successes=50)
    assert found("counts") == []


def test_directories_of_executions_that_are_no_more_are_removed_the_others_stay() -> None:
    execution = past_execution(make_job(), logs={"stdout": b"kept\n"})
    mine = execution_directory(execution.pk, 1)
    stray, draft = mine.with_name("999-1"), mine / ".stdout.log.gz.partial"
    stray.mkdir()
    (stray / "stdout.log").write_text("nobody's")
    draft.write_text("half")
    assert found("orphans") == [], "they may still be on their way"
    for each in (stray, draft, mine):
        age(each, DAY_S)
    assert "999-1 belongs to no execution" in words("orphans")
    assert stray.exists(), "looking repairs nothing"
    assert is_repaired("orphans")
    assert not stray.exists()
    assert (mine / "stdout.log").read_text() == "kept\n"


def test_executions_without_their_files_say_so_after_a_repair() -> None:
    execution, other = past_execution(make_job()), past_execution(make_job())
    directory = execution_directory(execution.pk, 1)
    directory.rename(directory.with_name("moved away"))
    assert f"The files of 1 executions are not there ({execution.pk})" in words("files")
    assert is_repaired("files")
    execution.refresh_from_db()
    assert execution.files_gone_us is not None
    assert Execution.objects.get(id=other.pk).files_gone_us is None


def test_packages_that_are_missing_or_damaged_are_named_with_who_uses_them() -> None:
    platform = make_platform()
    packages = [
        Package.objects.create(platform=platform, name=f"{n}.zip", sha256=stored.sha256, size_bytes=stored.size_bytes)
        for n, stored in ((n, store([f"package {n}".encode()])) for n in range(3))
    ]
    assert found("packages") == []
    package_path(packages[0].sha256).unlink()
    package_path(packages[1].sha256).write_bytes(b"others")
    assert "“0.zip” is missing" in words("packages")
    assert "“1.zip” is damaged" in words("packages")
    assert "2.zip" not in words("packages")
    assert not any(each.repair for each in found("packages", repair=True)), "nobody can bring the bytes back"


def test_files_of_packages_that_no_row_names_are_removed_after_a_day() -> None:
    path = package_path(store([b"nobody's"]).sha256)
    assert found("strays") == []
    age(path, 2 * DAY_S)
    assert is_repaired("strays")
    assert not path.exists()


def test_keys_that_others_can_read_are_closed() -> None:
    path = config().data_dir / "secret_key"
    path.chmod(0o644)
    assert "Others can read" in words("keys")
    assert is_repaired("keys")
    assert path.stat().st_mode & 0o077 == 0


def test_a_disk_without_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "min_free_bytes", 10**18)
    assert "nothing starts" in words("disk")


def test_a_lease_that_is_missing_or_never_ends_is_put_right() -> None:
    make_platform()
    assert "No conductor leads" in words("lease")
    Lease.objects.filter(name=CONDUCTOR).update(holder="here:1:ab", until_us=now_us() + 10**12)
    assert found("lease", repair=True)[0].repair
    assert Lease.objects.get(name=CONDUCTOR).holder == ""
    Lease.objects.all().delete()
    assert found("lease", repair=True)[0].repair
    assert Lease.objects.filter(name=CONDUCTOR).exists()


def test_a_clock_that_was_set_back_is_noticed() -> None:
    execution = past_execution(make_job())
    assert found("clock") == []
    Execution.objects.filter(id=execution.pk).update(queued_us=now_us() + 10**10)
    assert "the clock was set back" in words("clock")


def test_a_row_that_points_nowhere_is_damage() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL holds its references by itself")
    job = make_job()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("UPDATE version SET job_id = 12345 WHERE job_id = %s", [job.pk])
        assert "points to one of “job” that is not there" in words("database")
        cursor.execute("UPDATE version SET job_id = %s WHERE job_id = 12345", [job.pk])
