"""People: members of a platform, invitations to it, everybody."""

from collections.abc import Sequence

from django.db.models import QuerySet

from capsulier.core.access import Role
from capsulier.store.models import Invitation, Membership, User


def read_members(platform_id: int) -> Sequence[Membership]:
    """The mightiest first, then by name; who is not active comes last."""
    members = list(Membership.objects.filter(platform_id=platform_id).select_related("user"))
    return sorted(members, key=lambda each: (not each.user.is_active, -Role(each.role).rank, str(each.user).casefold()))


def read_invitations(platform_id: int) -> QuerySet[Invitation]:
    """The last made first; expired ones too, so that one sees why nobody came."""
    return Invitation.objects.filter(platform_id=platform_id).select_related("created_by").order_by("-id")


def read_people() -> Sequence[User]:
    """Everybody, with their memberships and their second factors."""
    return list(
        User.objects.prefetch_related("memberships__platform", "authenticator_set").order_by("-is_active", "username")
    )
