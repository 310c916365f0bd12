"""Put a platform to rest."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.core.errors import Invalid
from capsulier.core.states import LIVE
from capsulier.core.trail import Subject
from capsulier.ledger.stops import request_stop
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.drafts import utc_now
from capsulier.services.edit_platform import FIRST
from capsulier.services.finding import find_platform
from capsulier.services.trail import note
from capsulier.store.models import Execution, Platform


def archive_platform(actor: Actor, name: str) -> Platform:
    """Its schedules fire no more, what it has running is stopped, and its members do not see it. All that is in it
    stays. Doing it twice is the same as once."""
    actor.require_installation()
    platform = find_platform(actor, name, archived=True)
    if platform.name == FIRST:
        raise Invalid(f"“{FIRST}” is what programs mean that name no platform: it stays.")
    if platform.archived_at is None:
        with transaction.atomic():
            platform.archived_at = utc_now()
            platform.save(update_fields=["archived_at"])
            note(actor, Subject.PLATFORM, platform.name, "archived", platform_id=platform.pk)
        # Only now, when nothing new is queued any more.
        _stop_all(actor, platform)
    return platform


@transaction.atomic
def _stop_all(actor: Actor, platform: Platform) -> None:
    live = Execution.objects.select_for_update().filter(platform=platform, state__in=LIVE).order_by("id")
    request_stop(list(live.values_list("id", flat=True)), by=actor.name, now_us=now_us())
    wake(CONDUCTOR, PAGES)
