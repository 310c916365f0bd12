"""Remove what is too old from the audit trail: the only way, and itself on the trail."""

from datetime import datetime

from django.db import transaction

from capsulier.core.access import Actor
from capsulier.core.trail import Subject
from capsulier.services.trail import note
from capsulier.store.models import Change, Installation


@transaction.atomic
def forget_trail(actor: Actor, before: datetime) -> int:
    """Remove the rows from before then; how many they were. What is given up is written down first: without that the
    database removes nothing."""
    last = Change.objects.filter(at__lt=before).order_by("-id").values_list("id", flat=True).first()
    if last is None:
        return 0
    Installation.objects.update(trail_from=last + 1)
    count, _ = Change.objects.filter(id__lte=last).delete()
    note(actor, Subject.TRAIL, "", "removed from the audit trail", after={"before": before.isoformat(), "rows": count})
    return count
