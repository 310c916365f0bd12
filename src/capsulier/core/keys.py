"""Keys that secret values are sealed with, as text: 32 random bytes in URL-safe Base64."""

import base64
import binascii
import re

_BETWEEN = re.compile(r"[\s,]+")
_BYTES = 32


def split_keys(text: str) -> list[str]:
    """Several of them, with commas or line breaks between; the first is the current one."""
    return [key for key in _BETWEEN.split(text) if key]


def check_key(key: str) -> None:
    """Raises ValueError, whose words do not repeat it."""
    try:
        length = len(base64.urlsafe_b64decode(key))
    except (binascii.Error, ValueError):
        length = 0
    if length != _BYTES:
        raise ValueError("A key is 32 random bytes in URL-safe Base64. `capsulier secrets key` makes one.")


def key_of(random: bytes) -> str:
    """The key of so many random bytes."""
    return base64.urlsafe_b64encode(random).decode()
