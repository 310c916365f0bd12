"""Passwords: what is good enough for one."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from capsulier.core.errors import Invalid
from capsulier.store.models import User


def check_password(password: str, user: User) -> None:
    """Raise Invalid for a password that is too short, too common, or nearly what the person is called."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
