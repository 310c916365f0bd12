"""Where a variable stands: in a platform, for all its jobs, or in one job."""

from dataclasses import dataclass

from django.db.models import QuerySet

from capsulier.core.access import Action, Actor
from capsulier.services.finding import find_job
from capsulier.store.models import Job, Platform, Variable


@dataclass(frozen=True, slots=True)
class Scope:
    platform_id: int
    job: Job | None = None
    """None: all jobs of the platform."""

    @property
    def current(self) -> QuerySet[Variable]:
        """Its variables of today."""
        return Variable.objects.filter(platform_id=self.platform_id, job=self.job, ended_us=None)

    @property
    def name(self) -> str:
        return f"“{self.job.name}”" if self.job else "the platform"


def scope_of_platform(actor: Actor, platform_id: int, action: Action = Action.SEE) -> Scope:
    actor.require(action, platform_id, "The platform")
    return Scope(platform_id)


def scope_of_job(actor: Actor, job_id: int, action: Action = Action.SEE) -> Scope:
    """Raises NotFound, NotAllowed, JobDeleted."""
    job = find_job(actor, job_id, action, deleted=action is Action.SEE)
    return Scope(job.platform_id, job)


def lock_scope(scope: Scope) -> None:
    """One after the other: until the end of the caller's transaction nobody else changes variables here."""
    if scope.job is not None:
        Job.objects.select_for_update().get(id=scope.job.pk)
    else:
        Platform.objects.select_for_update().get(id=scope.platform_id)


def action_for(scope: Scope, *, is_secret: bool) -> Action:
    """What one must be allowed to do in order to change such a variable."""
    return Action.SET_VARIABLE if scope.job is not None and not is_secret else Action.SET_SECRET
