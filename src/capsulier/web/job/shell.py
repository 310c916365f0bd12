"""What stands above every panel of a job: who it is, how it does, and the panels."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from capsulier.capsules.shelf import capsules
from capsulier.config import config
from capsulier.core.access import Action
from capsulier.core.states import ENDED, State, Status
from capsulier.services.finding import find_job
from capsulier.services.waiting import waits_of_jobs
from capsulier.store.models import Job
from capsulier.store.reads.job import JobHead, read_head
from capsulier.web.base.actor import actor_of_request, show_platform
from capsulier.web.job.execution_words import overrun_words, reason_words

PANELS = {
    "overview": ("Overview", "", "info-circle"),
    "executions": ("Executions", "/executions", "history"),
    "fires": ("Fires", "/fires", "calendar"),
    "logs": ("Logs", "/logs", "file-text"),
    "versions": ("Versions", "/versions", "versions"),
    "upgrade": ("Upgrade", "/upgrade", "upload"),
    "settings": ("Settings", "/settings", "settings"),
    "variables": ("Variables", "/variables", "variable"),
    "changes": ("Changes", "/changes", "list"),
}
"""Id → label, address below the job's, icon."""
_FOR_EDITORS = frozenset({"upgrade", "settings"})
_FOR_SCHEDULED = frozenset({"fires"})


@dataclass(frozen=True, slots=True)
class Panel:
    label: str
    url: str
    icon: str
    is_current: bool


def shell(request: HttpRequest, job_id: int, panel: str) -> dict[str, Any]:
    """The context of `job/shell.html`, for a view that shows this panel. The job may be in the trash."""
    actor = actor_of_request(request)
    job = find_job(actor, job_id, deleted=True)
    show_platform(request, job.platform)
    capsule = capsules(config().data_dir / "capsules").get(job.capsule)
    may_edit = job.deleted_at is None and actor.may(Action.EDIT, job.platform_id)
    head = read_head(job)
    left_out = (frozenset() if may_edit else _FOR_EDITORS) | (frozenset() if head.has_fires else _FOR_SCHEDULED)
    return {
        "job": job,
        "head": head,
        "capsule": capsule,
        "capsule_icon": capsule.icon if capsule else "package",
        "panels": _panels(job, panel, left_out - {panel}),
        "panel": panel,
        "may_edit": may_edit,
        "may_run": job.deleted_at is None and actor.may(Action.RUN, job.platform_id),
        "reason": _reason(head),
        "overrun": overrun_words(head.last) if head.last else "",
        "waits": "" if job.running else waits_of_jobs([job]).get(job.pk, ""),
        "ended_us": _ended_us(head),
        "page_status": (status := _page_status(head)),
        "page_title": _title(job, status, panel),
    }


def _panels(job: Job, current: str, left_out: frozenset[str]) -> list[Panel]:
    return [
        Panel(label, f"/jobs/{job.pk}{path}", icon, each == current)
        for each, (label, path, icon) in PANELS.items()
        if each not in left_out
    ]


def _reason(head: JobHead) -> str:
    """How its last execution ended, in a few words, while no other is on its way."""
    return reason_words(head.last) if head.last and State(head.last.state) in ENDED else ""


def _ended_us(head: JobHead) -> int | None:
    return head.last.ended_us if head.last and not head.job.live else None


def _title(job: Job, status: str, panel: str) -> str:
    """ "Failed: invoices · Versions": what a browser's tab has room for comes first."""
    name = f"{Status(status).label}: {job.name}" if status else job.name
    return f"{name} · {PANELS[panel][0]}" if panel in PANELS and panel != "overview" else name


def _page_status(head: JobHead) -> str:
    """For the favicon: how it last ended is more than that it waits."""
    status = head.job.status
    return head.job.last_outcome if status is Status.WAITING else status.value
