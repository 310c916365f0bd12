"""Invitations: links that make whoever opens them a member of a platform, once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from capsulier.core.access import Action, Actor, Role
from capsulier.core.errors import Invalid, NameTaken, NotFound, NotSignedIn
from capsulier.core.trail import Subject
from capsulier.services.drafts import utc_now
from capsulier.services.finding import find_platform
from capsulier.services.identity import actor_of_user, hash_of
from capsulier.services.passwords import check_password
from capsulier.services.trail import note
from capsulier.store.models import Invitation, Membership, Platform, User

DAYS = 7
MOST_DAYS = 90


def invite(actor: Actor, platform: str, role: Role, *, email: str = "", days: int = DAYS) -> tuple[Invitation, str]:
    """Make an invitation; the answer has the key of its link, which can be read this once."""
    found = find_platform(actor, platform, Action.ADMINISTER)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"An invitation is good for 1 to {MOST_DAYS} days.", field="days")
    if email:
        _check_address(email)
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            platform=found,
            role=role.value,
            email=email,
            key_hash=hash_of(key),
            created_by_id=actor.user_id,
            expires_at=utc_now() + timedelta(days=days),
        )
        after = {"role": role.value, "days": days}
        note(actor, Subject.MEMBER, email or "by link", "invited", platform_id=found.pk, after=after)
    return invitation, key


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(f"“{email[:60]}” is not an email address.", field="email") from error


def revoke_invitation(actor: Actor, platform: str, invitation_id: int) -> None:
    """The link works no more. Raises NotFound."""
    found = find_platform(actor, platform, Action.ADMINISTER)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(id=invitation_id, platform=found).first()
        if invitation is None:
            raise NotFound(f"There is no invitation {invitation_id} to “{found}”.")
        invitation.delete()
        name = invitation.email or "by link"
        note(actor, Subject.MEMBER, name, "revoked invitation", platform_id=found.pk, before={"role": invitation.role})


def read_invitation(key: str) -> Invitation:
    """The invitation behind a link that still works. Raises NotSignedIn."""
    invitations = Invitation.objects.filter(key_hash=hash_of(key), expires_at__gt=utc_now(), platform__archived_at=None)
    invitation = invitations.select_related("platform", "created_by").first()
    if invitation is None:
        raise NotSignedIn("This invitation has been used or revoked, or has expired. Ask for another one.")
    return invitation


@dataclass(frozen=True, slots=True)
class NewPerson:
    username: str
    password: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@transaction.atomic
def accept_as_new(key: str, person: NewPerson) -> User:
    """Make the person's account and use the invitation up. Of two at once, one gets in. Raises NotSignedIn, NameTaken,
    and Invalid for a password that is no good."""
    if User.objects.filter(username__iexact=person.username).exists():
        raise _taken(person.username)
    user = User(username=person.username, first_name=person.first_name, last_name=person.last_name, email=person.email)
    check_password(person.password, user)
    user.set_password(person.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise _taken(person.username) from error
    join(key, user)
    return user


@transaction.atomic
def join(key: str, user: User) -> Platform:
    """Use the invitation up for a person who has an account. A role that they have already is never made less."""
    invitation = read_invitation(key)
    if not Invitation.objects.filter(id=invitation.pk).delete()[0]:
        raise NotSignedIn("This invitation has been used meanwhile.")
    platform, role = invitation.platform, Role(invitation.role)
    membership = Membership.objects.filter(user=user, platform=platform).first()
    if membership is None or Role(membership.role).rank < role.rank:
        Membership.objects.update_or_create(user=user, platform=platform, defaults={"role": role.value})
    after = {"role": role.value, "invited by": str(invitation.created_by or "")}
    note(actor_of_user(user), Subject.MEMBER, user.username, "joined", platform_id=platform.pk, after=after)
    return platform


def _taken(username: str) -> NameTaken:
    return NameTaken(f"Somebody is called “{username}” already. Choose another name.", field="username")
