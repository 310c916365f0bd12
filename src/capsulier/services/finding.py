"""Finding what an actor names. What they may not see is not there."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from capsulier.core.access import Action, Actor
from capsulier.core.errors import JobDeleted, NotFound, PlatformArchived, Stale
from capsulier.ledger.stops import live_executions
from capsulier.store.models import Execution, Job, Package, Platform, Version

M = TypeVar("M", bound=Model)


def _first(rows: QuerySet[M], what: str) -> M:
    found = rows.first()
    if found is None:
        raise NotFound(f"{what} does not exist.")
    return found


def find_platform(actor: Actor, name: str, action: Action = Action.SEE, *, archived: bool = False) -> Platform:
    """The platform of this name, if the actor may do this in it; `archived` finds one that is archived, too. Raises
    NotFound, NotAllowed, PlatformArchived."""
    what = f"Platform “{name}”"
    platform = _first(Platform.objects.filter(name=name), what)
    actor.require(action, platform.id, what)
    if not archived:
        check_open(platform)
    return platform


def platforms_of(actor: Actor, *, archived: bool = False) -> QuerySet[Platform]:
    """Those that the actor may see, in the order of their names; or the archived ones."""
    rows = Platform.objects.filter(archived_at__isnull=not archived).order_by("name")
    return rows if actor.is_superuser else rows.filter(id__in=list(actor.roles))


def check_open(platform: Platform) -> None:
    """Refuse to change what stands in an archived platform. Its members do not get so far: they have no role in it."""
    if platform.archived_at is not None:
        raise PlatformArchived(f"The platform “{platform}” is archived. Restore it first.")


def find_job(
    actor: Actor, job_id: int, action: Action = Action.SEE, *, lock: bool = False, deleted: bool = False
) -> Job:
    """The job, if the actor may do this to it. `lock` holds its row until the end of the caller's transaction;
    `deleted` finds it in the trash, too. Raises NotFound, NotAllowed, JobDeleted."""
    what = f"Job {job_id}"
    rows = Job.objects.filter(id=job_id)
    job = _first(
        rows.select_for_update() if lock else rows.select_related("platform", "current_version__package"), what
    )
    actor.require(action, job.platform_id, what)
    if actor.is_superuser and action not in (Action.SEE, Action.STOP):
        check_open(job.platform)
    if job.deleted_at is not None and not deleted:
        raise JobDeleted(f"“{job.name}” is in the trash. Restore it first.")
    return job


def find_job_to_fire(actor: Actor, job_id: int, action: Action) -> Job:
    """The job, locked, for who may fire its schedule: executions that a fire may stop are locked before their job, as
    everywhere."""
    find_job(actor, job_id, action)
    live_executions(job_id)
    return find_job(actor, job_id, action, lock=True)


def find_version(actor: Actor, job_id: int, number: int, action: Action = Action.SEE) -> Version:
    job = find_job(actor, job_id, action, deleted=action is Action.SEE)
    return _first(
        Version.objects.filter(job=job, number=number).select_related("package", "created_by"),
        f"Version {number} of “{job.name}”",
    )


def find_execution(actor: Actor, execution_id: int, action: Action = Action.SEE) -> Execution:
    what = f"Execution {execution_id}"
    execution = _first(
        Execution.objects.filter(id=execution_id).select_related("job", "version__package", "triggered_by", "platform"),
        what,
    )
    actor.require(action, execution.platform_id, what)
    return execution


def find_package(actor: Actor, package_id: int, platform_id: int) -> Package:
    """An uploaded package of this platform, to be used in a version."""
    actor.require(Action.CREATE, platform_id, f"Package {package_id}")
    return _first(Package.objects.filter(id=package_id, platform_id=platform_id), f"Package {package_id}")


def check_revision(job: Job, revision: int | None) -> None:
    """Refuse to overwrite what the editor has not seen. None: the caller does not care."""
    if revision is not None and revision != job.revision:
        raise Stale(f"“{job.name}” was changed in the meantime. Look at it again, then repeat your change.")
