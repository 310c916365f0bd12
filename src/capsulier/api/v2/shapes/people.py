"""People, memberships and invitations on the wire."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from capsulier.api.v2.shapes.shape import Instant, Shape, without_defaults
from capsulier.core.access import Role
from capsulier.services.invitations import DAYS
from capsulier.store.models import Invitation, Membership, User


class MemberOut(Shape):
    username: str
    name: str
    role: Role
    is_active: bool
    last_sign_in_at: Instant | None

    @classmethod
    def of(cls, membership: Membership) -> "MemberOut":
        user = membership.user
        return cls(
            username=user.username,
            name=str(user),
            role=Role(membership.role),
            is_active=user.is_active,
            last_sign_in_at=user.last_login,
        )


class MemberIn(Shape):
    role: Role


class InvitationIn(Shape):
    role: Role
    email: str = ""
    """Whom it is meant for, and mailed to where mail is set up. It works for whoever has the link."""
    days: int = DAYS
    """For how long the link works."""


class InvitationOut(Shape):
    id: int
    role: Role
    email: str
    created_at: Instant
    expires_at: Instant

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        return cls(
            id=invitation.pk,
            role=Role(invitation.role),
            email=invitation.email,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class NewInvitation(InvitationOut):
    url: str
    """Shown this once."""
    mailed: bool


class RoleIn(Shape):
    platform: str
    role: Role


class PersonOut(Shape):
    username: str
    name: str
    email: str
    is_active: bool
    """Whether they may sign in."""
    is_administrator: bool
    """Of the whole installation."""
    has_second_factor: bool
    last_sign_in_at: Instant | None
    roles: list[RoleIn]

    @classmethod
    def of(cls, user: User) -> "PersonOut":
        memberships = [each for each in user.memberships.all() if each.platform.archived_at is None]
        last: datetime | None = user.last_login
        return cls(
            username=user.username,
            name=str(user),
            email=user.email,
            is_active=user.is_active,
            is_administrator=user.is_superuser,
            has_second_factor=bool(user.authenticator_set.all()),
            last_sign_in_at=last,
            roles=[RoleIn(platform=each.platform.name, role=Role(each.role)) for each in memberships],
        )


class PersonPatch(Shape):
    model_config = ConfigDict(json_schema_extra=without_defaults)

    is_active: bool | None = None
    is_administrator: bool | None = None
    has_second_factor: Literal[False] | None = None
    """Taken from who has lost it. Only they can set up another."""
