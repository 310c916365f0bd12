from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from capsulier.core.access import Role
from capsulier.store.models.platform import Platform

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

_ROLES = [(role.value, role.label) for role in Role]


class User(AbstractUser):
    """A person. `is_superuser` is the administrator of the installation; roles per platform are memberships."""

    timezone = models.CharField(max_length=63, blank=True)
    """In which times are shown to them; empty: their browser's."""

    if TYPE_CHECKING:  # the other end of allauth's foreign key, which has no types
        authenticator_set: RelatedManager[Any]

    class Meta:
        db_table = "person"  # "user" is a reserved word of PostgreSQL

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Membership(models.Model):
    """The role of a person in a platform."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=_ROLES)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["user", "platform"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.platform}"


class Invitation(models.Model):
    """A link that makes whoever opens it a member, once. It is gone when it was used or revoked: the trail keeps it."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=_ROLES)
    email = models.EmailField(blank=True)
    """Whom it is meant for; it works for whoever has it."""
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "invitation"

    def __str__(self) -> str:
        return self.email or f"invitation {self.pk}"


class Token(models.Model):
    """An API token. Only its hash is kept; it may do at most what its role and its person may."""

    name = models.CharField(max_length=255)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    platform = models.ForeignKey(Platform, models.CASCADE, null=True, related_name="tokens")
    """None: every platform of its person."""
    role = models.CharField(max_length=16, choices=_ROLES)
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "token"

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs its person in once. The first one makes the administrator's account usable."""

    user = models.ForeignKey(User, models.CASCADE)
    key_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_link"

    def __str__(self) -> str:
        return f"link of {self.user}"
