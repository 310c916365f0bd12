"""Jobs of capsules that run as another account of the machine: what is prepared for them, and who prepares it."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import capsulier.capsules.make_environment as making
from capsulier.config import config
from capsulier.core.errors import Invalid
from capsulier.engines.local.accounts import check_way
from capsulier.engines.local.placing import CannotPlace
from capsulier.services import capsule_health
from capsulier.services.clean_environments import KEPT, clean_environments
from capsulier.services.launches import compile_launch
from tests.archives import zip_of
from tests.capsules.running import facts_of, run
from tests.capsules.test_environments import with_greeting
from tests.engines.accounts import DAEMON, NOBODY, as_root

pytestmark = as_root


@pytest.fixture
def _system_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter of the tests may lie where nobody can go, as an installation for such jobs does not."""
    try:
        check_way(NOBODY, Path(making.__file__).parent)
    except CannotPlace as error:
        pytest.skip(str(error))
    monkeypatch.setattr(capsule_health, "_lately", {})
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("UV_OFFLINE", "1")


def test_it_has_a_home_and_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/root/tmp")
    ran = run("bash", "echo $HOME $USER $LOGNAME $CAPSULIER_JOB_NAME ${TMPDIR:-none}", run_as="nobody").succeeded()
    assert ran.out == f"{NOBODY.home} nobody nobody nightly none\n"


def test_it_tells_its_progress() -> None:
    ran = run("bash", """echo '{"progress": 0.5}' >"$CAPSULIER_JOB_PROGRESS" """, run_as="nobody").succeeded()
    assert (ran.work / ".progress.json").exists()


def test_nothing_of_the_data_directory_can_be_read() -> None:
    own = config().data_dir
    (own / "a-key").write_text("secret")
    (own / "capsulier.sqlite3").touch()
    closed = ["a-key", "capsulier.sqlite3", "packages", "packages/incoming", "run", "environments", "executions", "."]
    command = (
        f"cd {own}; for each in {' '.join(closed)}; do cat $each || ls $each/ && echo READ $each; done; echo nothing"
    )
    assert run("bash", command, ("a.txt", b"x"), run_as="nobody").succeeded().out == "nothing\n"


@pytest.mark.usefixtures("_system_python")
def test_its_package_is_unpacked_and_its_environment_made_by_itself() -> None:
    content = with_greeting(main="import os, sys, greeting; print(greeting.WORDS, os.getuid()); print(sys.prefix)")
    ran = run("python", "python {file}", ("a.zip", content), run_as="nobody").succeeded()
    words, prefix = ran.out.splitlines()
    assert words == f"hello {NOBODY.uid}"
    of_nobody = config().environments_dir / "of" / str(NOBODY.uid)
    assert Path(prefix).is_relative_to(of_nobody)
    made = {path.stat().st_uid for path in of_nobody.rglob("*") if not path.is_symlink()}
    assert made == {NOBODY.uid}, "nothing of it is root's"
    again = run("python", "python {file}", ("a.zip", content), run_as="nobody").succeeded()
    assert again.out == ran.out
    assert again.log("setup") == ""
    other = run("python", "python {file}", ("a.zip", content), run_as="daemon").succeeded()
    assert other.out.startswith(f"hello {DAEMON.uid}\n"), "another account has its own"
    assert prefix not in other.out


@pytest.mark.usefixtures("_system_python")
def test_an_archive_is_unpacked_as_it() -> None:
    content = zip_of({"job_run.sh": "stat -c %U job_run.sh; id -un\n"})
    assert run("talend", "sh {file}", ("a.zip", content), run_as="nobody").succeeded().out == "nobody\nnobody\n"


@pytest.mark.django_db
@pytest.mark.usefixtures("_system_python")
def test_its_environments_go_when_nobody_has_used_them_for_long() -> None:
    content = with_greeting(main="import sys; print(sys.prefix)", old="# for this test only")
    made = Path(run("python", "python {file}", ("a.zip", content), run_as="nobody").succeeded().out.strip()).parent
    said = config().environments_dir / "specs" / f"{NOBODY.uid}.{made.name}.json"
    link = made.with_name("f" * 32)
    link.symlink_to("/etc")
    assert said.exists()
    clean_environments(datetime.now(UTC))
    assert made.exists()
    clean_environments(datetime.now(UTC) + KEPT + KEPT)
    assert (made.exists(), said.exists(), link.is_symlink()) == (False, False, True)
    assert os.listdir("/etc")  # noqa: PTH208


def test_an_account_that_is_gone_is_a_sentence() -> None:
    with pytest.raises(Invalid, match="There is no account “gone” on this machine"):
        compile_launch(facts_of("bash", "true", run_as="gone"))
