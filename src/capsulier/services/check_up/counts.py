"""What the rows of jobs say of their executions, held against these."""

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, Max

from capsulier.clock import now_us
from capsulier.core.states import State
from capsulier.services.check_up.finding import Finding
from capsulier.store.models import Execution, Job

_LIVE = {State.QUEUED: "queued", State.PENDING: "pending", State.RUNNING: "running"}
_EVER = {State.SUCCESS: "successes", State.FAILED: "failures", State.KILLED: "kills"}


def check_counts(repair: bool) -> Iterator[Finding]:
    """Every count of a job follows from its executions; of those that have ended, some may not be kept any more."""
    wrong = [job_id for job_id in _suspects() if _differences(job_id)]
    # Looked at once more, each alone: what moved between two questions is no fault.
    for job_id in wrong:
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(id=job_id).first()
            found = _differences(job_id)
            if job is None or not found:
                continue
            told = ", ".join(f"{name} is {getattr(job, name)} instead of {value}" for name, value in found.items())
            if repair:
                Job.objects.filter(id=job_id).update(**found, changed_us=now_us())
            done = "It was counted anew." if repair else ""
            yield Finding(f"The counts of job {job_id} (“{job.name}”) are wrong: {told}.", done)


def _suspects() -> Iterator[int]:
    """Jobs whose counts differ, as far as two questions can tell."""
    counted: dict[int, Counter[str]] = {}
    for row in Execution.objects.values("job_id", "state").annotate(n=Count("id")).order_by():
        counted.setdefault(row["job_id"], Counter())[row["state"]] = row["n"]
    for job in Job.objects.only("id", *_LIVE.values(), *_EVER.values(), "execution_counter").iterator():
        mine = counted.get(job.pk, Counter())
        live = any(getattr(job, name) != mine[state] for state, name in _LIVE.items())
        ever = any(getattr(job, name) < mine[state] for state, name in _EVER.items())
        if live or ever or (job.last_execution_id is None and mine) or job.execution_counter < mine.total():
            yield job.pk


def _differences(job_id: int) -> dict[str, int | None]:
    """What the job's row should say and does not."""
    job = Job.objects.get(id=job_id)
    rows = Execution.objects.filter(job_id=job_id)
    mine = Counter(dict(rows.values_list("state").annotate(n=Count("id")).order_by()))
    highest = rows.aggregate(n=Max("number"))["n"] or 0
    last = rows.order_by("-number").values_list("id", flat=True).first()
    right: dict[str, int | None] = {name: mine[state] for state, name in _LIVE.items()}
    right |= {name: max(mine[state], getattr(job, name)) for state, name in _EVER.items()}
    right |= {"execution_counter": max(highest, job.execution_counter), "last_execution_id": last}
    return {name: value for name, value in right.items() if getattr(job, name) != value}
