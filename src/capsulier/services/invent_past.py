"""An invented past of any size, to measure with: jobs, schedules and executions that never ran, in bulk."""

from itertools import cycle, islice

from django.db import transaction
from django.db.models import OuterRef, Subquery

from capsulier.capsules.capsule import Capsule
from capsulier.capsules.shelf import capsules
from capsulier.clock import as_datetime, as_us, now_us
from capsulier.config import config
from capsulier.core.errors import CapsulierError
from capsulier.core.names import name_key
from capsulier.core.schedule import next_fire, parse_schedule
from capsulier.ledger.invented import invent_executions
from capsulier.services.load_rows import settle_rows
from capsulier.store.models import Job, Platform, Schedule, Version

_BATCH = 1000
_VERBS = ("extract", "load", "clean", "join", "score", "publish", "archive")
_THINGS = ("orders", "prices", "customers", "invoices", "clicks", "stock", "tills", "contracts", "weather", "segments")
_EACH_MINUTE = "* * * * *"


class NotEmpty(CapsulierError):
    code, title = "not_empty", "This installation is in use"


def check_empty() -> None:
    """Raise NotEmpty where anybody has made a job."""
    if Job.objects.exists():
        raise NotEmpty("There are jobs in this installation already. A demonstration is made in an empty one only.")


@transaction.atomic
def invent_past(*, jobs: int, executions: int, schedules: int) -> None:
    """The first `schedules` of the jobs are due every minute, and most executions are theirs; the last one has just
    ended. For an installation without jobs only."""
    check_empty()
    at_us = now_us()
    platform = Platform.objects.get(name="main")
    made = _make_jobs(platform, jobs)
    _make_schedules(made[:schedules], at_us)
    invent_executions([job.pk for job in made], executions, schedules, platform_id=platform.pk, now_us=at_us)
    transaction.on_commit(settle_rows)


def _make_jobs(platform: Platform, count: int) -> list[Job]:
    shelf = capsules(config().data_dir / "capsules").values()
    places: list[tuple[Capsule, str]] = [(capsule, each) for capsule in shelf for each in capsule.categories]
    jobs = [
        Job(
            platform=platform,
            name=(name := f"{_VERBS[n % len(_VERBS)]} {_THINGS[n // 7 % len(_THINGS)]} {n:05d}"),
            name_key=name_key(name),
            description=f"Job {n} of {count}, made to measure with.",
            capsule=capsule.id,
            category=category,
            version_counter=1,
        )
        for n, (capsule, category) in enumerate(islice(cycle(places), count))
    ]
    made = Job.objects.bulk_create(jobs, batch_size=_BATCH)
    Version.objects.bulk_create((Version(job=job, number=1, command="true") for job in made), batch_size=_BATCH)
    first = Version.objects.filter(job=OuterRef("pk")).values("pk")
    Job.objects.update(current_version=Subquery(first))
    return made


def _make_schedules(jobs: list[Job], at_us: int) -> None:
    due = next_fire(parse_schedule(cron=_EACH_MINUTE, zone="UTC"), as_datetime(at_us))
    next_us = as_us(due) if due else None
    rows = (
        Schedule(job=job, cron=_EACH_MINUTE, timezone="UTC", accounted_us=at_us, next_fire_us=next_us) for job in jobs
    )
    Schedule.objects.bulk_create(rows, batch_size=_BATCH)
    Job.objects.filter(id__in=Schedule.objects.values("job_id")).update(next_fire_us=next_us)
