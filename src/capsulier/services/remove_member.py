"""Take a person out of a platform."""

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotFound
from capsulier.core.trail import Subject
from capsulier.services.finding import find_platform
from capsulier.services.set_member import keep_an_administrator
from capsulier.services.trail import note
from capsulier.store.models import Membership


@transaction.atomic
def remove_member(actor: Actor, platform: str, username: str) -> None:
    """What they have made stays. Raises NotFound, and Invalid for the last administrator."""
    found = find_platform(actor, platform, Action.ADMINISTER)
    members = Membership.objects.select_for_update(of=("self",)).filter(platform=found).select_related("user")
    membership = members.filter(user__username=username.replace("\0", "")).first()
    if membership is None:
        raise NotFound(f"“{username}” is no member of “{found}”.")
    keep_an_administrator(actor, found, membership)
    membership.delete()
    note(actor, Subject.MEMBER, username, "removed", platform_id=found.pk, before={"role": membership.role})
