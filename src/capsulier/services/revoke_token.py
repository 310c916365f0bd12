"""Make an API token useless."""

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotFound
from capsulier.core.trail import Subject
from capsulier.services.issue_token import token_facts
from capsulier.services.trail import note
from capsulier.store.models import Token


@transaction.atomic
def revoke_token(actor: Actor, token_id: int) -> Token:
    """One's own, one of a platform that one administers, or any for administrators of the installation. Who comes with
    it is a stranger from now on. Raises NotFound."""
    token = Token.objects.select_for_update(of=("self",)).select_related("user", "platform").filter(id=token_id).first()
    if token is None or not _may_revoke(actor, token):
        raise NotFound(f"There is no token {token_id} that you may revoke.")
    token.delete()
    note(actor, Subject.TOKEN, token.name, "revoked", platform_id=token.platform_id, before=token_facts(token))
    return token


def _may_revoke(actor: Actor, token: Token) -> bool:
    if actor.is_superuser or (token.user_id == actor.user_id and actor.token_id is None):
        return True
    if token.platform_id is not None and actor.may(Action.ADMINISTER, token.platform_id):
        return True
    return actor.token_id is not None and token.pk == actor.token_id
