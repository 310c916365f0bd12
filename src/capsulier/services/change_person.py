"""Let a person in or keep them out, also who has lost their second factor; make them an administrator of the
installation, or not."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from capsulier.core.access import Actor
from capsulier.core.errors import Invalid, NotFound
from capsulier.core.trail import Subject
from capsulier.services.trail import differences, note
from capsulier.store.models import User


@transaction.atomic
def change_person(
    actor: Actor,
    username: str,
    *,
    is_active: bool | None = None,
    is_superuser: bool | None = None,
    without_second_factor: bool = False,
) -> User:
    """Change what is given. Who is not active is signed out everywhere, and their tokens open nothing; their roles
    stay for when they come back. Without a second factor, passkeys and recovery codes included, the password is enough
    until they set up another. Raises Invalid for the last administrator of the installation."""
    actor.require_installation()
    # All administrators are locked, in one order: of two who dismiss each other, one is refused.
    chiefs = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("id"))
    user = User.objects.filter(username=username.replace("\0", "")).first()
    if user is None:
        raise NotFound(f"There is no person “{username}”.")
    before = _facts(user)
    user.is_active = user.is_active if is_active is None else is_active
    user.is_superuser = user.is_superuser if is_superuser is None else is_superuser
    if chiefs == [user] and not (user.is_active and user.is_superuser):
        raise Invalid(f"{user} is the last administrator of the installation. Name another one first.")
    if without_second_factor:
        Authenticator.objects.filter(user=user).delete()
    changed_from, changed_to = differences(before, _facts(user))
    if changed_to:
        user.save(update_fields=["is_active", "is_superuser"])
        note(actor, Subject.PERSON, user.username, "edited", before=changed_from, after=changed_to)
    return user


def _facts(user: User) -> dict[str, bool]:
    return {
        "active": user.is_active,
        "administrator of the installation": user.is_superuser,
        "second factor": Authenticator.objects.filter(user=user).exists(),
    }
