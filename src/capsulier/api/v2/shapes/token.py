"""API tokens on the wire."""

from capsulier.api.v2.shapes.shape import Instant, Shape
from capsulier.core.access import Role
from capsulier.store.models import Token


class TokenIn(Shape):
    name: str
    """What it is for."""
    role: Role
    """It may do at most this, and at most what its person may."""
    platform: str | None = None
    """It opens this one only; null: every platform of its person."""
    expires_at: Instant | None = None
    """Null: it is good until it is revoked."""


class TokenOut(Shape):
    id: int
    name: str
    username: str
    role: Role
    platform: str | None
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None
    """To the minute."""

    @classmethod
    def of(cls, token: Token) -> "TokenOut":
        return cls(
            id=token.pk,
            name=token.name,
            username=token.user.username,
            role=Role(token.role),
            platform=token.platform.name if token.platform else None,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class MadeToken(TokenOut):
    token: str
    """What a program sends; told this once."""
