"""Sealing secret values for the database, and telling two of them apart without showing either."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction

from capsulier.config import key_file
from capsulier.core.errors import CapsulierError
from capsulier.services.secret_keys import keys_path, secret_keys
from capsulier.store.models import Installation

_FINGERPRINT_CHARACTERS = 32


class SecretUnreadable(CapsulierError):
    """Its key is gone. What would need the value, the masking of a log too, is refused rather than done without it."""

    code, title, status = "secret_unreadable", "A secret cannot be decrypted", 500


class Sealer:
    """Seals with the current key, which stays the current one until the end of the caller's transaction: a rotation
    waits, and finds what was sealed."""

    def __init__(self) -> None:
        hold_keys()
        self._fernet = Fernet(secret_keys()[0])

    def seal(self, value: str) -> str:
        return self._fernet.encrypt(value.encode()).decode()


def hold_keys() -> None:
    """Nobody seals and nobody changes the keys meanwhile. Part of the caller's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise AssertionError("keys are held by a transaction")
    Installation.objects.select_for_update().first()


class Opener:
    """Opens what was sealed with any of the keys."""

    def __init__(self) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in secret_keys()])

    def open(self, name: str, sealed: str) -> str:
        """The value. Raises SecretUnreadable, whose words name the variable."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SecretUnreadable(
                f"The secret value of {name} cannot be decrypted: it was sealed with another key than those in "
                f"{keys_path().name}. Bring that key back; for new executions it is enough to set the value again."
            ) from error


def fingerprint(value: str) -> str:
    """Equal for equal values. Whoever has not this installation's key cannot try values out."""
    key = key_file("fingerprint_key").encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:_FINGERPRINT_CHARACTERS]
