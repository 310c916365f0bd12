"""What the pages of one job read."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import QuerySet

from capsulier.core.states import ENDED, State
from capsulier.core.trail import Subject
from capsulier.store.models import Change, Execution, Fire, Job, Schedule, Version

RECENT = 50
"""Executions in the chart and in the success rate."""
_USUAL_OF = 20
_LIVE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class JobHead:
    """What stands above every panel of a job."""

    job: Job
    last: Execution | None
    """The newest execution that has left the queue; where none has, the newest."""
    schedule: Schedule | None
    has_fires: bool
    """It has a schedule, or had one that was due."""


@dataclass(frozen=True, slots=True)
class Overview:
    recent: Sequence[Execution]
    """The last executions, oldest first, live ones among them."""
    live: Sequence[Execution]
    """Those at work, the newest first, then those that leave the queue next."""
    last_ended: Execution | None
    last_success: Execution | None
    usual_s: float | None
    """How long it usually runs: the median of its last successes; None before there is one."""
    successes: int
    ended: int
    """Of the recent ones; the killed are in neither, for somebody wanted them so."""


def read_head(job: Job) -> JobHead:
    """`job` comes with its platform and current version, as `find_job` answers it."""
    newest_first = _executions(job).order_by("-number")
    last = newest_first.exclude(state=State.QUEUED).first() or newest_first.first()
    schedule = Schedule.objects.filter(job=job).first()
    return JobHead(job, last, schedule, schedule is not None or Fire.objects.filter(job=job).exists())


def read_overview(job: Job) -> Overview:
    recent = list(_executions(job).order_by("-number")[:RECENT])[::-1]
    ended = [each for each in recent if State(each.state) in ENDED]
    judged = [each for each in ended if each.state != State.KILLED]
    successes = [each for each in ended if each.state == State.SUCCESS]
    return Overview(
        recent=recent,
        live=_live(job),
        last_ended=max(ended, key=lambda each: each.ended_us or 0, default=None),
        last_success=successes[-1] if successes else _last_success(job, recent),
        usual_s=usual_duration_s(successes),
        successes=len(successes),
        ended=len(judged),
    )


def read_usual_s(job: Job, before: int | None = None) -> float | None:
    """How long the job usually runs (ran before the execution of that number), where no chart is shown."""
    successes = Execution.objects.filter(job=job, state=State.SUCCESS).order_by("-number")
    if before is not None:
        successes = successes.filter(number__lt=before)
    return usual_duration_s(list(successes[:_USUAL_OF])[::-1])


def usual_duration_s(successes: Sequence[Execution]) -> float | None:
    """The median of the last of these, which are in the order of their numbers."""
    lasted = [each.ended_us - each.started_us for each in successes if each.ended_us and each.started_us]
    return median(lasted[-_USUAL_OF:]) / 1_000_000 if lasted else None


def read_last_success_before(execution: Execution) -> Execution | None:
    """What a failed execution is compared with."""
    earlier = Execution.objects.filter(job_id=execution.job_id, state=State.SUCCESS, number__lt=execution.number)
    return earlier.select_related("version").order_by("-number").first()


def read_versions(job: Job) -> Sequence[Version]:
    """All versions, newest first."""
    return list(Version.objects.filter(job=job).select_related("package", "created_by").order_by("-number"))


def read_changes(job: Job, before: int | None = None, count: int = 50, *, with_runs: bool = True) -> Sequence[Change]:
    """Who did what, newest first, from the change before that id on; without runs and stops where they are not
    wanted. They come with their platform."""
    changes = Change.objects.filter(job=job).select_related("platform").order_by("-id")
    if not with_runs:
        changes = changes.exclude(subject=Subject.EXECUTION, verb__in=("ran", "stopped"))
    return list(changes.filter(id__lt=before)[:count] if before else changes[:count])


def _live(job: Job) -> list[Execution]:
    if not job.live:
        return []
    # With the platform, by which the index of what is at work goes.
    at_work = _executions(job).filter(platform_id=job.platform_id, state__in=[State.RUNNING, State.PENDING])
    live = list(at_work.order_by("-number")[:_LIVE_SHOWN])
    queued = _executions(job).filter(state=State.QUEUED).order_by("id")
    return live + list(queued[: _LIVE_SHOWN - len(live)])


def _executions(job: Job) -> QuerySet[Execution]:
    return Execution.objects.filter(job=job).select_related("version", "triggered_by", "retry_of")


def _last_success(job: Job, but: Sequence[Execution]) -> Execution | None:
    """Further back than the recent ones."""
    if not but:
        return None
    return _executions(job).filter(state=State.SUCCESS, number__lt=but[0].number).order_by("-number").first()
