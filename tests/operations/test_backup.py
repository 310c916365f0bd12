"""A backup made while everything runs is an installation again, on either database, whole or not at all."""

import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from capsulier.services.back_up import KEYS, SECRETS_KEY
from tests.operations.moved import Place, all_jobs, ended, make_history, new_place, run
from tests.servers import until

pytestmark = [pytest.mark.database, pytest.mark.crash, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, Any], dict[str, Any]]:
    """Made in the middle of work; with what had ended before it, and what the jobs are."""
    root = tmp_path_factory.mktemp("backup")
    with new_place(root / "data") as place, place.served() as server, server.api() as api:
        make_history(server, api)
        job = api.post("/jobs", json={"name": "busy", "capsule": "bash", "command": "echo busy; sleep 0.2"}).json()[
            "id"
        ]
        over = threading.Event()

        def work() -> None:
            with server.api() as own:
                while not over.is_set():
                    run(own, job)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            until(lambda: len(ended(api)) > 8)
            before = ended(api)
            done = place.command("backup", root / "backup.tar", "--logs")
        finally:
            over.set()
            worker.join()
        assert done.returncode == 0, done.stderr
        assert "It holds the keys" in done.stdout
        assert [each.name for each in root.iterdir() if each.is_file()] == ["backup.tar"]
        jobs = all_jobs(api)
    return root / "backup.tar", dict(before), jobs


@pytest.mark.parametrize("sqlite", [False, True])
def test_it_is_restored_into_an_empty_place(
    backup: tuple[Path, dict[int, Any], dict[str, Any]], tmp_path: Path, sqlite: bool
) -> None:
    path, before, jobs = backup
    with new_place(tmp_path / "data", sqlite=sqlite) as place:
        done = place.command("restore", path)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        with place.served() as server, server.api() as api:
            after = ended(api)
            assert {each: after[each] for each in before} == before, "every log byte, too"
            assert {each["state"] for each in after.values()} <= {"success", "failed"}
            lost = [each for each in after.values() if each["reason"] == "lost"]
            assert all(each["detail"] == "restored from a backup" for each in lost)
            names = ("nightly – “ü”", "weekdays")
            assert {name: all_jobs(api)[name] for name in names} == {name: jobs[name] for name in names}
            highest = max(after)
            assert run(api, all_jobs(api)["weekdays"]["id"]) > highest, "ids go on"
        again = place.command("restore", path)
        assert again.returncode == 1
        assert "is not empty" in again.stderr


def test_half_of_one_and_a_damaged_one_are_refused(
    backup: tuple[Path, dict[int, Any], dict[str, Any]], tmp_path: Path
) -> None:
    whole = backup[0].read_bytes()
    changed = bytearray(whole)
    changed[whole.index(b"rows/job.jsonl.gz") + 530] ^= 1  # behind the heading of 512 bytes
    for name, content in {"half": whole[: len(whole) // 2], "damaged": bytes(changed), "other": b"no backup"}.items():
        (tmp_path / name).write_bytes(content)
        done = Place(tmp_path / "data").command("restore", tmp_path / name)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "data").exists(), "nothing was made"


@pytest.mark.long
def test_a_killed_restore_is_begun_again_and_nothing_starts_before(
    backup: tuple[Path, dict[int, Any], dict[str, Any]], tmp_path: Path
) -> None:
    path, before, _ = backup
    with new_place(tmp_path / "data") as place:
        for tenth in (3, 6, 8, 10, 12, 15):
            was_at_work = place.kill(tenth / 10, "restore", path)
            if was_at_work and (tmp_path / "data" / "restoring").exists():
                refused = place.command("web", "--port", "0")
                assert refused.returncode == 78
                assert "Start `capsulier restore` again with the same file" in refused.stderr
        if (tmp_path / "data" / "restoring").exists() or not (tmp_path / "data" / "installation").exists():
            assert place.command("restore", path).returncode == 0
        with place.served() as server, server.api() as api:
            after = ended(api)
            assert {each: after[each] for each in before} == before


@pytest.mark.long
def test_a_killed_backup_leaves_nothing_under_its_name_and_the_next_tidies_up(tmp_path: Path) -> None:
    with new_place(tmp_path / "data") as place, place.served() as server, server.api() as api:
        make_history(server, api)
        for tenth in (4, 7, 9, 11):
            place.kill(tenth / 10, "backup", tmp_path / "b.tar")
            if (tmp_path / "b.tar").exists():  # it was made, and had only to exit: then it is whole
                with tarfile.open(tmp_path / "b.tar") as tar:
                    assert tar.getmembers()
                (tmp_path / "b.tar").unlink()
        assert place.command("backup", tmp_path / "b.tar").returncode == 0
        assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["b.tar"]
        assert len(ended(api)) == 3


def test_whatever_a_started_installation_has_beside_its_database_is_in_it(tmp_path: Path) -> None:
    """Who adds a file to the data directory says in `KEYS` whether it can be made again."""
    known = {"capsulier.sqlite3", "capsulier.sqlite3-wal", "capsulier.sqlite3-shm", "migrate.lock", "server.log"}
    with new_place(tmp_path / "data") as place, place.served() as server, server.api() as api:
        make_history(server, api)
        files = {each.name for each in (tmp_path / "data").iterdir() if each.is_file()}
        assert files - known <= set(KEYS)
        assert place.command("backup", tmp_path / "b.tar", "--without-secrets-key").returncode == 0
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert {name for name in tar.getnames() if "/" not in name} >= files & set(KEYS) - {SECRETS_KEY}
        assert SECRETS_KEY not in tar.getnames()
