"""Tell the audit trail who came in, and who did not."""

from collections.abc import Mapping
from typing import Any

from capsulier.core.access import Actor
from capsulier.core.trail import Subject
from capsulier.services.identity import coming_from
from capsulier.services.trail import note
from capsulier.store.models import User


def note_sign_in(user: User, meta: Mapping[str, Any], *, how: str) -> None:
    """`how` is the way they came: password, link. `meta` is the request's."""
    actor = coming_from(Actor(user.pk, str(user), via="page"), meta)
    note(actor, Subject.SIGN_IN, "", "signed in", after={"by": how})


def note_failed_sign_in(named: str, meta: Mapping[str, Any], *, how: str) -> None:
    """`named` is who they said they were, which may be anything."""
    actor = coming_from(Actor(None, named, via="page"), meta)
    note(actor, Subject.SIGN_IN, "", "failed to sign in", after={"by": how})
