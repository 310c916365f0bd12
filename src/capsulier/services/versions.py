"""Making a version of a job: what creating, copying and upgrading share."""

from capsulier.capsules.shelf import capsules, get_capsule
from capsulier.config import config
from capsulier.core.access import Actor
from capsulier.core.errors import CapsulierError, Invalid
from capsulier.packages.storage import package_path
from capsulier.services.drafts import Checks, VersionDraft, check_version
from capsulier.services.finding import find_package
from capsulier.services.preparing import check_contents
from capsulier.store.models import Job, Package, Version


def package_of(actor: Actor, draft: VersionDraft, platform_id: int, checks: Checks) -> Package | None:
    """The package that the draft names, or None; one that cannot be found is noted in `checks`."""
    if draft.package_id is None:
        return None
    try:
        return find_package(actor, draft.package_id, platform_id)
    except CapsulierError as error:
        checks.errors.append(Invalid(error.sentence, field="package"))
        return None


def default_command(capsule_id: str, package_id: int | None, platform_id: int) -> str:
    """What a job of this capsule runs where nobody says otherwise; empty for a capsule that is not there."""
    capsule = capsules(config().data_dir / "capsules").get(capsule_id)
    package = Package.objects.filter(id=package_id, platform_id=platform_id).first() if package_id else None
    return capsule.command_for(package.name if package else None) if capsule else ""


def check_draft(actor: Actor, draft: VersionDraft, capsule_id: str, platform_id: int, checks: Checks) -> None:
    package = package_of(actor, draft, platform_id, checks)
    capsule = get_capsule(capsule_id, config().data_dir / "capsules")
    check_version(draft, capsule, package, checks)
    if package is not None and capsule.accepts(package.name):
        with checks("package"):
            check_contents(capsule, package.name, package_path(package.sha256))


def add_version(actor: Actor, job: Job, draft: VersionDraft) -> Version:
    """Write the next version of a locked job and make it current. Part of the caller's transaction."""
    job.version_counter += 1
    version = Version.objects.create(
        job=job,
        number=job.version_counter,
        command=draft.command,
        package_id=draft.package_id,
        runtime=draft.runtime,
        note=draft.note,
        timeout_s=draft.timeout_s,
        memory_mb=draft.memory_mb,
        cpus=draft.cpus,
        created_by_id=actor.user_id,
    )
    job.current_version = version
    job.revision += 1
    job.save(update_fields=["version_counter", "current_version", "revision"])
    return version
