"""Tell the audit trail who came in, who did not, who left, and what became of the ways in."""

from collections.abc import Mapping
from typing import Any

from capsulier.core.access import Actor
from capsulier.core.trail import Subject
from capsulier.services.identity import coming_from
from capsulier.services.trail import note
from capsulier.store.models import User


def note_sign_in(user: User, meta: Mapping[str, Any], *, how: str) -> None:
    """`how` is the way they came: password, link. `meta` is the request's."""
    note(_by(user, meta), Subject.SIGN_IN, "", "signed in", after={"by": how})


def note_failed_sign_in(named: str, meta: Mapping[str, Any], *, how: str) -> None:
    """`named` is who they said they were, which may be anything."""
    actor = coming_from(Actor(None, named, via="page"), meta)
    note(actor, Subject.SIGN_IN, "", "failed to sign in", after={"by": how})


def note_sign_out(user: User, meta: Mapping[str, Any], *, where: str = "") -> None:
    """`where` is what was ended, if it was not the session that asks: Firefox on Linux, all others."""
    note(_by(user, meta), Subject.SIGN_IN, where, "signed out")


def note_own_account(user: User, meta: Mapping[str, Any], verb: str) -> None:
    """A person has changed how they come in: set password, added passkey."""
    note(_by(user, meta), Subject.PERSON, user.username, verb)


def _by(user: User, meta: Mapping[str, Any]) -> Actor:
    return coming_from(Actor(user.pk, str(user), via="page"), meta)
