"""Hiding the secret values that an execution was given, wherever something of it is shown."""

from capsulier.logs.mask import Masker
from capsulier.services.given_variables import secret_values_of
from capsulier.store.models import Execution


def masker_of(execution: Execution) -> Masker | None:
    """None: it was given nothing secret, and is read as if there were no such thing. Raises SecretUnreadable: what
    cannot be masked is not shown."""
    values = secret_values_of(execution)
    return Masker(value.encode() for value in values) if values else None


def mask_text(masker: Masker | None, text: str) -> str:
    """What a program said elsewhere than in its logs."""
    return masker.mask(text.encode(errors="replace")).decode(errors="replace") if masker else text
