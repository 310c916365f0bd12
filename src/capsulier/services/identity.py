"""Who asks: a person signed in, or a token."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from capsulier.config import key_file
from capsulier.core.access import Actor, Role
from capsulier.core.errors import NotSignedIn
from capsulier.services.drafts import utc_now
from capsulier.store.models import Membership, Platform, SignInLink, Token, User

_LINK_LIFE = timedelta(hours=1)
_LAST_USE_PRECISION = timedelta(minutes=1)
_PERSON = ("username", "first_name", "last_name", "is_superuser")
"""What an actor is made of. This is asked with every call of the API, so no more is read."""
_FIRST_ADMINISTRATOR = """
    SELECT id, username, first_name, last_name, is_superuser FROM person
    WHERE is_superuser AND is_active ORDER BY id LIMIT 1
"""
"""As text: to put it together anew took a third of the time of a run by this machine's key."""


def actor_of_user(user: User, via: str = "page") -> Actor:
    """What this person may do, in every platform they are a member of."""
    if user.is_superuser:
        return Actor(user.pk, str(user), via, is_superuser=True)
    memberships = Membership.objects.filter(user=user, platform__archived_at=None).values_list("platform_id", "role")
    return Actor(user.pk, str(user), via, {platform_id: Role(role) for platform_id, role in memberships})


def coming_from(actor: Actor, meta: Mapping[str, Any]) -> Actor:
    """The same, with where they come from as the trail tells it; `meta` is a request's."""
    return replace(actor, address=str(meta.get("REMOTE_ADDR", "")), agent=str(meta.get("HTTP_USER_AGENT", "")))


def actor_of_key(key: str) -> Actor:
    """Who comes with this API token, or with the key that lies in the data directory for commands on this machine.

    A token may do at most what its role says, and at most what its person may. Raises NotSignedIn.
    """
    if hmac.compare_digest(hash_of(key), hash_of(local_key())):
        return actor_of_user(administrator(), via="command line")
    token = (
        Token.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=utc_now()), key_hash=hash_of(key), user__is_active=True
        )
        .select_related("user")
        .only("name", "role", "platform_id", "last_used_at", *(f"user__{name}" for name in _PERSON))
        .first()
    )
    if token is None:
        raise NotSignedIn("This token is unknown or has expired.")
    _note_use(token)
    return _narrowed(actor_of_user(token.user), token)


def _narrowed(person: Actor, token: Token) -> Actor:
    role = Role(token.role)
    if person.is_superuser and token.platform_id is None and role is Role.ADMINISTRATOR:
        return replace(person, via=token.name, token_id=token.pk)
    granted = person.roles
    if person.is_superuser:
        granted = dict.fromkeys(
            Platform.objects.filter(archived_at=None).values_list("id", flat=True), Role.ADMINISTRATOR
        )
    roles = {
        platform_id: min(own, role, key=lambda each: each.rank)
        for platform_id, own in granted.items()
        if token.platform_id in (None, platform_id)
    }
    return Actor(person.user_id, person.name, token.name, roles, token_id=token.pk)


def create_token(
    user: User, name: str, role: Role, *, platform_id: int | None = None, expires_at: datetime | None = None
) -> str:
    """Make a token whoever asks (`issue_token` asks); the answer is the only time that it can be read."""
    key = f"cap_{secrets.token_urlsafe(32)}"
    Token.objects.create(
        user=user, name=name, role=role.value, platform_id=platform_id, key_hash=hash_of(key), expires_at=expires_at
    )
    return key


def create_sign_in_key(user: User) -> str:
    """The secret of a link that signs this person in once, within the hour."""
    key = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, key_hash=hash_of(key), expires_at=utc_now() + _LINK_LIFE)
    return key


def redeem_sign_in_key(key: str) -> User:
    """Use up the link. Of two at once, one gets in. Raises NotSignedIn."""
    link = SignInLink.objects.filter(key_hash=hash_of(key)).select_related("user").first()
    now = utc_now()
    if link is None or not SignInLink.objects.filter(id=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        raise NotSignedIn("This sign-in link has been used or has expired. `capsulier login-link` prints a new one.")
    return link.user


def administrator() -> User:
    """The first administrator of the installation, made on first need, without a password."""
    found = next(iter(User.objects.raw(_FIRST_ADMINISTRATOR)), None)
    if found is None:
        # An "admin" who was deactivated, or is no administrator any more, stays what they are.
        names = ("admin", *(f"admin-{number}" for number in range(2, 100)))
        taken = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        name = next(name for name in names if name not in taken)
        found, _ = User.objects.get_or_create(
            username=name, defaults={"is_superuser": True, "password": make_password(None)}
        )
    return found


def local_key() -> str:
    """The key that proves that one may read the data directory."""
    return key_file("local_key")


def hash_of(key: str) -> str:
    """Keys are 256 random bits: a plain hash is enough, and lets them be found by it."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _note_use(token: Token) -> None:
    now = utc_now()
    if token.last_used_at is None or now - token.last_used_at > _LAST_USE_PRECISION:
        Token.objects.filter(id=token.pk).update(last_used_at=now)
