"""How often something may be tried before one has to wait: counted in the database, where every web process looks."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.db import connection
from django.db.models import F

from capsulier.clock import now_us
from capsulier.core.errors import TooManyAttempts
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Attempts

_SECOND_US = 1_000_000
_HOUSEHOLD = 64
"""Bits of an IPv6 address that one subscriber cannot change."""
_COUNT = """
    INSERT INTO attempts (key, began_us, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN attempts.began_us <= %(over)s THEN 1 ELSE attempts.count + 1 END,
        began_us = CASE WHEN attempts.began_us <= %(over)s THEN %(now)s ELSE attempts.began_us END
    RETURNING began_us, count
"""
"""One statement: of two at the same moment, both count."""


@dataclass(frozen=True, slots=True)
class Limit:
    what: str
    most: int
    within_s: int
    """From the first of them on."""


PASSWORDS = Limit("password", 10, 300)
"""Wrong ones for one name from one address: who guesses locks out themself, not whose name it is."""
PASSWORDS_FROM = Limit("passwords from", 50, 300)
"""Wrong ones from one address, whatever the names."""
CODES = Limit("code", 10, 300)
"""Wrong codes of one person's second factor, from everywhere: their password is known already."""
LINKS = Limit("link", 20, 300)
"""Links of sign-ins and invitations, and passkeys, that are not good, from one address."""
TOKENS = Limit("token", 60, 300)
"""Tokens that are not good, from one address."""
RESETS = Limit("reset", 3, 900)
"""Mails to one address of somebody who has forgotten their password."""
RESETS_FROM = Limit("resets from", 10, 300)
TESTS = Limit("alert test", 10, 300)
"""Test alerts of one person."""
KEPT_US = 900 * _SECOND_US
"""For how long any of these is looked at."""


def attempt(limit: Limit, who: str) -> None:
    """Count an attempt. Raises TooManyAttempts where it is one too many; not part of a transaction that then fails."""
    key, now = _key(limit, who), now_us()
    over = now - limit.within_s * _SECOND_US
    used_up = Attempts.objects.filter(key=key, count__gte=limit.most, began_us__gt=over).first()
    if used_up is not None:  # without writing: who hammers writes nothing
        raise _too_many(limit, used_up.began_us, now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "now": now, "over": over})
        began_us, count = cursor.fetchone()
    if count > limit.most:
        raise _too_many(limit, began_us, now)


def take_back(limit: Limit, who: str) -> None:
    """It was a good one. The wrong ones before it still count: nobody gets more guesses by signing in between."""
    Attempts.objects.filter(key=_key(limit, who), count__gt=0).update(count=F("count") - 1)


@contextmanager
def counted(limit: Limit, who: str) -> Iterator[None]:
    """What is tried within counts, unless it goes well."""
    attempt(limit, who)
    yield
    take_back(limit, who)


def network_of(meta: Mapping[str, Any]) -> str:
    """Where a request comes from, by its META; of IPv6 the network of one household."""
    address = str(meta.get("REMOTE_ADDR", ""))
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, _HOUSEHOLD), strict=False)) if isinstance(known, IPv6Address) else address


def _key(limit: Limit, who: str) -> str:
    return hashlib.sha256(f"{limit.what}\0{who}".encode(errors="replace")).hexdigest()


def _too_many(limit: Limit, began_us: int, now: int) -> TooManyAttempts:
    wait_s = max(1, -(-(began_us + limit.within_s * _SECOND_US - now) // _SECOND_US))
    return TooManyAttempts(f"Too many attempts. Try again in {duration_in_words(wait_s)}.", wait_s=wait_s)
