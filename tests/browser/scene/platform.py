"""Making the platform: the people, their jobs, and executions that really run."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction

from capsulier.clock import as_us
from capsulier.core.access import Actor, Role
from capsulier.core.fires import FireOutcome, FireWhy
from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.delete_job import delete_job
from capsulier.services.drafts import ScheduleDraft, SettingsDraft, VersionDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.identity import actor_of_user, create_sign_in_key
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.run_job import run_job
from capsulier.services.scheduling import set_schedule
from capsulier.services.set_variable import set_variable
from capsulier.services.star_version import star_version
from capsulier.services.stop_execution import stop_execution
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.upload_package import upload_package
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Execution, Job, Membership, Platform, Schedule, User
from tests.browser.scene.history import move_into_the_past, open_the_trail, skip_some
from tests.browser.scene.jobs import JOBS, KILL, REPORT, REPORT_NOTES, REPORT_OUTCOMES, WAIT, Told
from tests.browser.scene.programs import package_bytes
from tests.browser.scene.report import report_package
from tests.servers import until

ZONE = "Europe/Paris"
_REPORT_SETTINGS = SettingsDraft(
    description="Sales of yesterday by store, for the mail at 7.\nQuestions: Ana, extension 204.",
    alert_emails=["ana.lindqvist@example.org", "night@example.org"],
    alert_on=["failure"],
)
_STARRED = 3
_REPORT = Told(REPORT, "python", "processing", "python {file}", "30 6 * * *", 74)


def make_platform() -> User:
    """Over the tables of a running server, which runs what is asked for; who the pictures are taken as."""
    open_the_trail()
    platform = Platform.objects.get()
    Platform.objects.update(label="Retail data")
    people = [
        User.objects.create(username=first.lower(), first_name=first, last_name=last)
        for first, last in (("Ana", "Lindqvist"), ("Marc", "Duval"))
    ]
    User.objects.filter(username="ana").update(is_superuser=True)
    for person in people:
        Membership.objects.create(user=person, platform=platform, role=Role.ADMINISTRATOR)
    Platform.objects.create(name="marketing", label="Marketing", max_running=8)
    ana, marc = map(actor_of_user, people)
    made = {told: _make_job(marc if number % 3 else ana, platform.pk, told) for number, told in enumerate(JOBS)}
    report = _make_report(ana, marc, platform.pk)
    for told, job in made.items():
        for _ in told.outcomes:
            run_job(marc, job.pk)
    _let_them_end(ana, made)
    now = datetime.now(UTC)
    for told, job in [*made.items(), (_REPORT, report)]:
        _give_schedule(job, told)
        move_into_the_past(job, told.usual_s, now)
    edit_job(ana, report.pk, settings={"retries": 1, "retry_delay_s": 900})
    _set_variables(ana, report)
    _make_exceptions(ana, {told.name: job for told, job in made.items()}, now)
    return people[0]


def _set_variables(ana: Actor, report: Job) -> None:
    of_all, of_report = Scope(report.platform_id), Scope(report.platform_id, report)
    set_variable(ana, of_all, "WAREHOUSE_URL", "postgresql://warehouse.example/retail")
    set_variable(ana, of_all, "WAREHOUSE_PASSWORD", "not shown on any picture", is_secret=True)
    set_variable(ana, of_report, "REPORT_DAY", "yesterday")
    set_variable(ana, of_report, "MAIL_TOKEN", "not shown on any picture", is_secret=True)


def _make_job(actor: Actor, platform_id: int, told: Told) -> Job:
    package = None
    if told.file:
        package = upload_package(actor, platform_id, told.file, [package_bytes(told.file)]).pk
    version = VersionDraft(told.command, package_id=package, note="First version")
    settings = SettingsDraft(description=told.description, retries=told.retries, retry_delay_s=2700)
    return create_job(actor, platform_id, JobDraft(told.name, told.capsule, version, told.category, settings))


def _make_report(ana: Actor, marc: Actor, platform_id: int) -> Job:
    """With a star, and an upgrade that broke it."""
    job: Job | None = None
    for number, (note, outcomes) in enumerate(zip(REPORT_NOTES, REPORT_OUTCOMES, strict=True), start=1):
        package = upload_package(ana, platform_id, "sales_report.zip", [report_package(number)])
        version = VersionDraft("python {file}", package_id=package.pk, note=note, timeout_s=1800)
        if job is None:
            job = create_job(ana, platform_id, JobDraft(REPORT, "python", version, "processing", _REPORT_SETTINGS))
        else:
            upgrade_job(marc if number == len(REPORT_NOTES) else ana, job.pk, version)
        for _ in outcomes:
            run_job(ana, job.pk)
        if number == _STARRED:
            star_version(ana, job.pk, number)
    assert job is not None
    return job


def _give_schedule(job: Job, told: Told) -> None:
    if told.when:
        with transaction.atomic():
            set_schedule(job, ScheduleDraft(cron=told.when, timezone=ZONE))


def _let_them_end(actor: Actor, made: dict[Told, Job]) -> None:
    """Stop those that somebody stopped, and wait for all but those that still wait."""
    stays = [job.pk for told, job in made.items() if told.outcomes.endswith(WAIT)]
    stopped = set(_numbered(made, KILL))
    waiting = set(_numbered(made, WAIT))

    def all_over() -> bool:
        live = set(Execution.objects.filter(ended_us=None).values_list("job_id", "number"))
        for execution in Execution.objects.filter(state="running", stop_us=None):
            if (execution.job_id, execution.number) in stopped:
                stop_execution(actor, execution.pk, force=True)
        retries = set(Execution.objects.filter(trigger="retry").values_list("job_id", "number"))
        time.sleep(0.2)
        return live <= waiting | retries and not Execution.objects.filter(job_id__in=stays, state="queued").exists()

    until(all_over, within_s=300, what="the end of the executions")


def _numbered(made: dict[Told, Job], outcome: str) -> Iterator[tuple[int, int]]:
    for told, job in made.items():
        for number, each in enumerate(told.outcomes, start=1):
            if each == outcome:
                yield job.pk, number


def _make_exceptions(ana: Actor, jobs: dict[str, Job], now: datetime) -> None:
    """What does not go as usual: a pause, jobs in the trash, instants that did not run."""
    skip_some(jobs["clickstream-landing"], now, FireWhy.DOWN, 3)
    skip_some(jobs["refresh-materialized-views"], now, FireWhy.OVERLAP, 1, FireOutcome.SKIPPED)
    pause_schedule(ana, jobs["price-elasticity"].pk)
    since_us = as_us(now - timedelta(days=9))
    Schedule.objects.filter(job=jobs["price-elasticity"]).update(accounted_us=since_us)
    for name, days in (("old-crm-export", 2), ("test", 9), ("black-friday-2025-hourly-stock-check", 27)):
        told = Told(name, "bash", "extraction", "true")
        job = _make_job(ana, jobs["stock-levels"].platform_id, told)
        delete_job(ana, job.pk)
        Job.objects.filter(id=job.pk).update(deleted_at=now - timedelta(days=days))


def places() -> Mapping[str, int]:
    """What the paths of `scene.pages` leave open."""
    jobs = dict(Job.objects.values_list("name", "id"))
    last = dict(Job.objects.values_list("name", "last_execution_id"))
    return {
        "report": jobs[REPORT],
        "failed": last[REPORT],
        "running": jobs["sessionize-clicks"],
        "pending": jobs["till-anomalies"],
        "preparing": last["till-anomalies"],
        "healthy": jobs["fact-sales"],
        "never": jobs["vacuum-warehouse"],
        "paused": jobs["price-elasticity"],
        "deleted": jobs["test"],
        "long_name": jobs["sap-orders-extract-incremental-by-sales-organisation"],
    }


def sign_in_path(person: User) -> str:
    return f"/sign-in/{create_sign_in_key(person)}"
