"""What tests begin with: a platform, people with roles, jobs. Each takes what matters and chooses the rest."""

from itertools import count
from typing import Any

from capsulier.clock import now_us
from capsulier.core.access import Actor, Role
from capsulier.ledger.lease import take_lease
from capsulier.ledger.queueing import NewExecution
from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.drafts import ScheduleDraft, SettingsDraft, VersionDraft
from capsulier.services.identity import actor_of_user
from capsulier.store.models import Alert, Execution, Job, Lease, Membership, Occasion, Platform, User

_numbers = count(1)


def make_platform(name: str = "main", *, max_running: int = 32) -> Platform:
    """The platform of this name. `main` and the conductors' lease come back where a test before emptied the tables."""
    Lease.objects.get_or_create(name="conductor")
    platform, _ = Platform.objects.update_or_create(name=name, defaults={"label": name, "max_running": max_running})
    return platform


def make_leader() -> None:
    """A conductor that leads for the next minute."""
    make_platform()
    take_lease("a test", now_us=now_us(), ttl_us=60_000_000)


def make_user(name: str = "ana", role: Role | None = Role.EDITOR, platform: Platform | None = None) -> User:
    """A person with this role in the platform; None for a stranger, who has none anywhere."""
    user, _ = User.objects.get_or_create(username=name)
    if role is not None:
        platform = platform or make_platform()
        Membership.objects.update_or_create(user=user, platform=platform, defaults={"role": role.value})
    return user


def make_actor(role: Role | None = Role.EDITOR, platform: Platform | None = None) -> Actor:
    return actor_of_user(make_user(role.value if role else "stranger", role, platform))


def make_job(
    name: str | None = None,
    *,
    platform: Platform | None = None,
    capsule: str = "bash",
    command: str = "true",
    schedule: ScheduleDraft | None = None,
    version: dict[str, Any] | None = None,
    **settings: Any,
) -> Job:
    """A job with one version, made as an editor of the platform would."""
    platform = platform or make_platform()
    draft = JobDraft(
        name=name or f"job {next(_numbers)}",
        capsule=capsule,
        version=VersionDraft(command=command, **(version or {})),
        settings=SettingsDraft(**settings),
        schedule=schedule,
    )
    return create_job(make_actor(Role.EDITOR, platform), platform.id, draft)


def new_execution(job: Job, at_us: int = 1_000_000, **facts: Any) -> NewExecution:
    """One of the job's current version, as the ledger takes it in."""
    given = {"trigger": "manual", "not_before_us": at_us} | facts
    return NewExecution(job.platform_id, job.id, job.current_version_id or 0, **given)


def make_alert(execution: Execution, target: str = "ana@example.org", kind: str = "failure", **facts: Any) -> Alert:
    """In the outbox, about the end of the execution, and due; one that is there already stays."""
    occasion, _ = Occasion.objects.get_or_create(
        event=f"end:{execution.pk}",
        defaults={"kind": "end", "job": execution.job, "execution": execution, "at_us": now_us(), "is_open": False},
    )
    usual = {"job": execution.job, "kind": kind, "created_us": now_us(), "next_try_us": now_us()}
    alert, _ = Alert.objects.get_or_create(occasion=occasion, target=target, defaults=usual | facts)
    return alert
