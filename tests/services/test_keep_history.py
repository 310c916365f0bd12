"""What goes of the past, what stays, and what a kill in between leaves."""

import os
from pathlib import Path
from typing import Any

import pytest

from capsulier.clock import now_us
from capsulier.core.retention import Retention
from capsulier.ledger import keeping
from capsulier.logs.files import LogName
from capsulier.logs.packed import packed_path
from capsulier.services import keep_history as room
from capsulier.services.execution_files import execution_directory
from capsulier.services.keep_history import keep_history, keep_history_of
from capsulier.store.models import Alert, Execution, Fire, Job, Occasion
from tests.builders import make_job, make_platform
from tests.web.past import live_execution, past_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY_S = 24 * 3600.0
BIG = (b"words that repeat themselves " * 40 + b"\n") * 100


def past(job: Job, state: str = "success", *, days: float = 1.5, **facts: Any) -> Execution:
    execution = past_execution(job, state, ago_s=days * DAY_S, logs={"stdout": BIG, "stderr": b"one\n"}, **facts)
    work = directory(execution) / "work"
    work.mkdir()
    (work / "made.csv").write_bytes(b"x" * 5000)
    return execution


def directory(execution: Execution) -> Path:
    return execution_directory(execution.pk, execution.placement)


def kept(job: Job) -> list[int]:
    return sorted(Execution.objects.filter(job=job).values_list("number", flat=True))


def test_executions_beyond_their_number_go_with_record_and_files() -> None:
    job = make_job(keep_executions=2)
    gone = [past(job, "killed", days=20 - n) for n in range(3)]
    failure, *_, newest = [past(job, state, days=10 - n) for n, state in enumerate(["failed", "success", "success"])]
    keep_history()
    assert kept(job) == [4, 5, 6], "the last failure is older than the two, and stays"
    assert [directory(each).exists() for each in (*gone, failure, newest)] == [False] * 3 + [True] * 2
    job.refresh_from_db()
    assert (job.execution_counter, job.last_execution_id) == (6, newest.pk), "counts stay as they are"


def test_logs_go_before_the_record() -> None:
    job = make_job(keep_log_days=5, keep_days=50)
    old, _ = past(job, days=10), past(job, days=1)
    keep_history()
    old.refresh_from_db()
    assert not directory(old).exists()
    assert (old.log_bytes, old.work_bytes) == (0, 0)
    assert old.files_gone_us is not None


def test_working_directories_go_before_the_logs() -> None:
    make_platform()
    job = make_job(keep_log_days=0)
    old, new = past(job, days=10), past(job, days=1)
    keep_history()
    old.refresh_from_db()
    assert not (directory(old) / "work").exists(), "after a week, as the platform says"
    assert packed_path(directory(old) / "stdout.log").exists()
    assert (directory(new) / "work" / "made.csv").exists()
    assert old.work_bytes == 0
    assert old.log_bytes


def test_files_beyond_their_space_go_and_the_records_stay() -> None:
    job = make_job(keep_mb=1)
    executions = [past(job, days=20 - n) for n in range(4)]
    for each in executions:
        (directory(each) / "setup.log").write_bytes(os.urandom(300_000))
    keep_history()
    assert [directory(each).exists() for each in executions] == [False, False, True, True]
    assert kept(job) == [1, 2, 3, 4]


def test_what_lives_is_left_alone() -> None:
    job = make_job(keep_executions=1, keep_days=1)
    live = live_execution(job, logs={"stdout": BIG})
    keep_history_of(job.id, Retention(keep_executions=1), now_us() + 10**15)
    live.refresh_from_db()
    assert (directory(live) / "stdout.log").exists()
    assert live.log_bytes is None


def test_a_job_in_the_trash_keeps_all_for_its_thirty_days() -> None:
    job = make_job(keep_executions=1)
    for _ in range(3):
        past(job)
    Job.objects.filter(id=job.id).update(deleted_at="2026-01-01T00:00:00Z")
    keep_history()
    assert kept(job) == [1, 2, 3]


def test_logs_are_packed_once_they_are_over() -> None:
    job = make_job()
    old, new = past(job, days=2), past(job, days=0.5)
    keep_history()
    old.refresh_from_db()
    assert old.packed_us is not None
    assert old.log_bytes is not None
    assert old.log_bytes < len(BIG) // 2
    assert not LogName.STDOUT.in_directory(directory(old)).exists()
    assert LogName.STDOUT.in_directory(directory(new)).exists()


def test_a_past_in_which_nothing_waits_is_not_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    for state in ("failed", "success", "success"):
        past(job, state, days=3)
    keep_history()
    gone_through = []
    monkeypatch.setattr(keeping, "past_of_job", lambda job_id: gone_through.append(job_id) or iter(()))
    keep_history()
    assert gone_through == []
    for waits in (
        {"keep_days": 2},
        {"keep_log_days": 2},
        {"keep_work_days": 2},
        {"keep_executions": 1},
        {"keep_mb": 1},
    ):
        keep_history_of(job.id, Retention(**waits), now_us())
    assert gone_through == [job.id] * 5
    keep_history_of(job.id, Retention(keep_work_days=4), now_us() + int(DAY_S * 1_000_000) * 2)
    past(job)
    keep_history()
    assert gone_through == [job.id] * 7


def test_a_record_whose_alert_is_not_sent_yet_waits_for_it() -> None:
    job = make_job(keep_executions=1)
    first, _ = past(job), past(job)
    occasion = Occasion.objects.create(event="end:1", kind="end", job=job, execution=first, at_us=1)
    keep_history()
    assert kept(job) == [1, 2]
    Occasion.objects.update(is_open=False)
    facts = {"kind": "end", "created_us": 1, "next_try_us": 1}
    alert = Alert.objects.create(occasion=occasion, job=job, target="a@b.c", **facts)
    keep_history()
    assert kept(job) == [1, 2]
    Alert.objects.filter(id=alert.pk).update(next_try_us=None)
    keep_history()
    assert kept(job) == [2]


def test_what_points_to_a_removed_execution_stays_and_points_to_nothing() -> None:
    job = make_job(keep_executions=1)
    first = past(job)
    retry = past(job, began={"trigger": "retry", "retry_of_id": first.pk, "attempt": 2})
    Fire.objects.create(platform_id=job.platform_id, job=job, due_us=1, outcome="ran", execution=first, decided_us=1)
    keep_history()
    retry.refresh_from_db()
    assert retry.retry_of_id is None
    assert Fire.objects.get(job=job).execution_id is None


@pytest.mark.parametrize("step", ["remove_files", "measure", "keeping.remove"])
def test_a_pass_that_was_cut_off_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    job = make_job(keep_executions=1)
    old, _ = past(job, days=30), past(job)
    keep_history_of(job.id, Retention(), now_us())  # measured

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((keeping, "remove") if step == "keeping.remove" else (room, step)), killed)
        with pytest.raises(KeyboardInterrupt):
            keep_history()
    old.refresh_from_db()
    assert old.files_gone_us is not None, "the row says so before the files go"
    keep_history()
    assert kept(job) == [2]
    assert not directory(old).exists()
    assert not list(directory(old).parent.glob(f".{directory(old).name}*"))


def test_a_removal_that_was_cut_off_in_the_middle_of_the_files_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(keep_log_days=5)
    old, _ = past(job, days=30), past(job)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    keep_history()
    monkeypatch.undo()
    assert not directory(old).exists(), "for readers all of it is gone at once"
    old.refresh_from_db()
    assert old.log_bytes, "and the space is not free yet"
    keep_history()
    old.refresh_from_db()
    assert old.log_bytes == 0
    assert not list(directory(old).parent.glob(f".{directory(old).name}*"))
