"""One job in full."""

from collections.abc import Iterator
from typing import Any

from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json
from capsulier.cli.output import Fact, print_facts, print_json
from capsulier.cli.standing import exact_and_distance, execution_state, job_status, took, used_cpu, used_memory
from capsulier.cli.versions import version_facts
from capsulier.core.alerts import wishes_in_words
from capsulier.core.retry import RetryRule, in_words
from capsulier.core.wording import duration_in_words


def show(job: JobName, as_json: Json = False) -> None:
    """Show a job: how it stands, what it runs, when, and its settings."""
    connection = connect()
    found = connection.get(f"jobs/{find_job(connection, job)['id']}")
    if as_json:
        print_json(found)
    else:
        print_facts(_facts(found))


def _facts(job: dict[str, Any]) -> Iterator[Fact]:
    yield "Job", f"{job['name']}, id {job['id']}, in {job['platform']}"
    yield "Status", job_status(job)
    yield "In the trash", exact_and_distance(job["deleted_at"])
    yield "Description", job["description"]
    yield "Capsule", f"{job['capsule']}, {job['category']}"
    if last := job["last_execution"]:
        yield "Last run", execution_state(last)
        yield "", f"execution {last['number']} of version {last['version']}, {exact_and_distance(last['queued_at'])}"
        yield "Took", took(last)
        used = (f"{used_cpu(last)} of CPU" if used_cpu(last) else "", used_memory(last))
        yield "Used", ", ".join(filter(None, used))
    if schedule := job["schedule"]:
        yield "Schedule", schedule["words"]
        yield "Next run", "paused" if schedule["paused"] else exact_and_distance(job["next_fire_at"]) or "none any more"
    if version := job["version"]:
        yield from version_facts(version)
    yield from _settings(job)


def _settings(job: dict[str, Any]) -> Iterator[Fact]:
    if job["retries"]:
        rule = RetryRule(job["retries"], job["retry_delay_s"], job["retry_growth"], job["retry_cap_s"])
        yield "Retries", in_words(rule)
    if job["schedule"]:
        yield "Overlap", job["overlap"]
        yield "Catch-up", job["catch_up"]
    if job["warn_after_s"]:
        yield "Warn after", duration_in_words(job["warn_after_s"])
    if job["max_running"]:
        yield "At once", str(job["max_running"])
    if kept := ", ".join(_kept(job)):
        yield "Kept", kept
    targets = list(job["alert_emails"])
    if channels := len(job["alert_channels"]):
        targets.append(f"{channels} channels" if channels > 1 else "1 channel")
    if targets:
        wishes = wishes_in_words(
            job["alert_on"],
            failures=job["alert_failures"],
            late_s=job["alert_late_s"],
            waiting_s=job["alert_waiting_s"],
        )
        yield "Alerts", f"{wishes or 'None'}, to {', '.join(targets)}"


def _kept(job: dict[str, Any]) -> Iterator[str]:
    """What is kept of its executions, where that is not as the platform says."""
    for name, words in (
        ("keep_days", "executions {} days"),
        ("keep_executions", "{} executions"),
        ("keep_log_days", "logs {} days"),
        ("keep_mb", "{} MB of files"),
        ("keep_work_days", "working directories {} days"),
    ):
        if job[name] is not None:
            yield words.format(job[name]) if job[name] else words.format("all").replace(" days", "")
