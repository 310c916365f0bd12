"""Channels: ways that alerts go beside mail."""

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum
from urllib.parse import urlsplit

from capsulier.core.errors import Invalid

LONGEST_NAME = 63
LONGEST_URL = 4_000
_SECRET_PREFIX = "whsec_"  # noqa: S105  # how such secrets are told from others


class ChannelKind(StrEnum):
    APPRISE = "apprise"
    """A URL as Apprise reads them: `slack://…`, `msteams://…`, a hundred others."""
    WEBHOOK = "webhook"
    """JSON by POST, signed."""


def check_channel_name(name: str) -> str:
    """The name, without white space around it. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"Give the channel a name of at most {LONGEST_NAME} characters.", field="name")
    return name


def check_webhook_url(url: str) -> None:
    """Raises Invalid; nothing of the URL stands in its words: there may be a token in it."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise Invalid("The address of a webhook begins with http:// or https:// and a host.", field="url")


def secret_of(random: bytes) -> str:
    """A signing secret, as the webhook's other side is given it; of 24 random bytes."""
    return _SECRET_PREFIX + base64.b64encode(random).decode()


def signed_headers(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """What the other side checks a message by, as standardwebhooks.com says: HMAC-SHA256 over id, time and body."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(_key_of(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()
