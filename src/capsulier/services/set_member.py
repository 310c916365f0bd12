"""Make a person a member of a platform, or change their role in it."""

from django.db import transaction

from capsulier.core.access import Action, Actor, Role
from capsulier.core.errors import Invalid
from capsulier.core.trail import Subject
from capsulier.services.finding import find_platform
from capsulier.services.trail import note
from capsulier.store.models import Membership, Platform, User


@transaction.atomic
def set_member(actor: Actor, platform: str, username: str, role: Role) -> Membership:
    """Give them this role. Doing it twice is the same as once. Raises Invalid where there is no such person, or where
    the platform would be left without an administrator."""
    found = find_platform(actor, platform, Action.ADMINISTER)
    user = User.objects.filter(username=username.replace("\0", ""), is_active=True).first()
    if user is None:
        raise Invalid(f"There is no person “{username}”. Invite them by a link.", field="username")
    membership = Membership.objects.select_for_update().filter(user=user, platform=found).first()
    before = membership.role if membership else ""
    if before == role:
        return membership or Membership()
    if role is not Role.ADMINISTRATOR:
        keep_an_administrator(actor, found, membership)
    membership, _ = Membership.objects.update_or_create(user=user, platform=found, defaults={"role": role.value})
    note(
        actor,
        Subject.MEMBER,
        user.username,
        "changed role" if before else "added",
        platform_id=found.pk,
        before={"role": before} if before else {},
        after={"role": role.value},
    )
    return membership


def keep_an_administrator(actor: Actor, platform: Platform, leaving: Membership | None) -> None:
    """Refuse to let the last administrator of a platform go, but to who administers the installation: they can name
    another at any time."""
    if actor.is_superuser or leaving is None or leaving.role != Role.ADMINISTRATOR:
        return
    administrators = Membership.objects.select_for_update().filter(
        platform=platform, role=Role.ADMINISTRATOR.value, user__is_active=True
    )
    if {each.pk for each in administrators.order_by("id")} <= {leaving.pk}:
        raise Invalid(
            f"{leaving.user} is the last administrator of “{platform}”. Name another one first.", field="role"
        )
