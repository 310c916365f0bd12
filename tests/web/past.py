"""Executions that have been: written into the tables as the ledger and the engine would have left them."""

import os
import shutil
from dataclasses import replace
from typing import Any

from django.db.models import F

from capsulier.clock import now_us
from capsulier.core.states import State
from capsulier.ledger.queueing import queue
from capsulier.logs.files import TIMES_NAME, LogName
from capsulier.logs.times import append, open_for_append
from capsulier.services.log_files import log_directory
from capsulier.services.snapshots import snapshots
from capsulier.store.models import Execution, Job, Version
from tests.builders import new_execution

_SECOND_US = 1_000_000


def past_execution(
    job: Job,
    state: str = "success",
    *,
    lasted_s: float = 10,
    ago_s: float = 60,
    version: Version | None = None,
    logs: dict[str, bytes] | None = None,
    began: dict[str, Any] | None = None,
    **facts: Any,
) -> Execution:
    """It ended `ago_s` seconds ago. `began` is how it was queued, `facts` how it ended, `logs` what it wrote."""
    job.refresh_from_db()
    version = version or job.current_version
    assert version is not None
    ended_us = now_us() - int(ago_s * _SECOND_US)
    begun_us = ended_us - int(lasted_s * _SECOND_US)
    new = replace(new_execution(job, begun_us, **(began or {})), version_id=version.pk)
    [queued] = queue([replace(new, snapshot=snapshots([version.pk])[version.pk])], begun_us)
    usual = {
        "success": {"reason": "exit", "exit_code": 0},
        "failed": {"reason": "exit", "exit_code": 3},
        "killed": {"reason": "stopped", "detail": "Ana"},
    }[state]
    ended = {"state": state, "ended_us": ended_us, "started_us": begun_us, "pending_us": begun_us, "placement": 1}
    Execution.objects.filter(id=queued.id).update(**ended, **(usual | facts))
    counted = {"success": "successes", "failed": "failures", "killed": "kills"}[state]
    Job.objects.filter(id=job.pk).update(
        queued=0, last_outcome=state, last_ended_us=ended_us, **{counted: F(counted) + 1}
    )
    job.refresh_from_db()
    execution = Execution.objects.get(id=queued.id)
    write_logs(execution, logs or {})
    return execution


def live_execution(job: Job, state: str = "running", logs: dict[str, bytes] | None = None, **facts: Any) -> Execution:
    job.refresh_from_db()
    at_us = now_us()
    [queued] = queue([new_execution(job, at_us)], at_us)
    begun = {"pending_us": at_us, "started_us": at_us, "placement": 1} if state == State.RUNNING else {}
    Execution.objects.filter(id=queued.id).update(state=state, **(begun | facts))
    Job.objects.filter(id=job.pk).update(**{"queued": 0, "pending": 0, "running": 0, state: 1})
    execution = Execution.objects.get(id=queued.id)
    write_logs(execution, logs or {})
    return execution


def write_logs(execution: Execution, logs: dict[str, bytes]) -> None:
    """The files as a program writes them: line by line, a second for each, stdout before stderr within it."""
    directory = log_directory(execution)
    shutil.rmtree(directory, ignore_errors=True)  # of a test before: ids come again, files stay
    directory.mkdir(parents=True)
    for name in (LogName.STDOUT, LogName.STDERR):
        name.in_directory(directory).write_bytes(logs.get(name, b""))
    if "setup" in logs:
        LogName.SETUP.in_directory(directory).write_bytes(logs["setup"])
    times = open_for_append(directory / TIMES_NAME)
    lines = [logs.get(name, b"").splitlines(keepends=True) for name in ("stdout", "stderr")]
    at_us, sizes = execution.started_us or execution.queued_us, [0, 0]
    for second in range(max(map(len, lines))):
        for stream in (0, 1):
            sizes[stream] += len(lines[stream][second]) if second < len(lines[stream]) else 0
        append(times, at_us + second * _SECOND_US, *sizes)
    os.close(times)
