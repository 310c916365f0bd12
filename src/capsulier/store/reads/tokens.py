"""API tokens, never their keys."""

from collections.abc import Sequence

from django.db.models import Q

from capsulier.store.models import Token


def read_tokens_of(user_id: int) -> Sequence[Token]:
    """A person's own, by name."""
    return list(Token.objects.filter(user_id=user_id).select_related("user", "platform").order_by("name", "id"))


def read_tokens_into(platform_id: int) -> Sequence[Token]:
    """Those that open a platform, by name: the ones for it alone, and those of its members and of the installation's
    administrators that are for every platform."""
    for_all = Q(platform=None) & (Q(user__memberships__platform_id=platform_id) | Q(user__is_superuser=True))
    tokens = Token.objects.filter(Q(platform_id=platform_id) | for_all).distinct()
    return list(tokens.select_related("user", "platform").order_by("name", "id"))
