"""Let an archived platform go on."""

from django.db import transaction

from capsulier.core.access import Actor
from capsulier.core.trail import Subject
from capsulier.services.finding import find_platform
from capsulier.services.restore_job import go_on_from_now
from capsulier.services.trail import note
from capsulier.store.models import Job, Platform


@transaction.atomic
def restore_platform(actor: Actor, name: str) -> Platform:
    """Its members see it again, and its schedules go on from now: the instants in between are not made up for. On one
    that is not archived it does nothing."""
    actor.require_installation()
    platform = find_platform(actor, name, archived=True)
    if platform.archived_at is not None:
        platform.archived_at = None
        platform.save(update_fields=["archived_at"])
        for job in Job.objects.select_for_update().filter(platform=platform, deleted_at=None).order_by("id"):
            go_on_from_now(job)
        note(actor, Subject.PLATFORM, platform.name, "restored", platform_id=platform.pk)
    return platform
