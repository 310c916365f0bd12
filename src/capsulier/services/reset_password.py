"""Set a person's password, for whoever may act on the machine."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from capsulier.core.errors import NotFound
from capsulier.core.trail import Subject
from capsulier.services.identity import actor_of_user, administrator
from capsulier.services.passwords import check_password
from capsulier.services.trail import note
from capsulier.store.models import User


@transaction.atomic
def reset_password(username: str, password: str, *, without_second_factor: bool = False) -> User:
    """Their sessions end with the old one. Raises NotFound, Invalid."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"There is no person “{username}”.")
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    if without_second_factor:
        Authenticator.objects.filter(user=user).delete()
    after = {"second factor": "removed"} if without_second_factor else {}
    note(actor_of_user(administrator(), via="command line"), Subject.PERSON, username, "set password", after=after)
    return user
