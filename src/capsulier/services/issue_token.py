"""Make an API token."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from capsulier.core.access import Actor, Role
from capsulier.core.errors import Invalid, NameTaken, NotAllowed
from capsulier.core.token_names import check_token_name
from capsulier.core.trail import Subject
from capsulier.services.drafts import utc_now
from capsulier.services.finding import find_platform
from capsulier.services.identity import actor_of_user, create_token
from capsulier.services.trail import note
from capsulier.store.models import Platform, Token, User


@dataclass(frozen=True, slots=True)
class TokenDraft:
    name: str
    role: Role
    platform: str = ""
    """Empty: every platform of its person."""
    expires_at: datetime | None = None
    """None: it is good until it is revoked."""


def issue_token(actor: Actor, draft: TokenDraft) -> tuple[Token, str]:
    """Make a token of the actor's own; the answer has its key, which can be read this once. It may do at most what its
    person may, and one that is made by a token at most what that one may. Raises Invalid, NameTaken, NotFound,
    NotAllowed."""
    name = check_token_name(draft.name)
    platform = find_platform(actor, draft.platform) if draft.platform else None
    if draft.expires_at is not None and draft.expires_at <= utc_now():
        raise Invalid("Its end lies in the past.", field="expires_at")
    with transaction.atomic():
        user = User.objects.select_for_update().get(id=str(actor.user_id))  # of two of one name, one is made
        _check_role(actor_of_user(user), draft.role, platform)
        if actor.token_id is not None:
            _check_maker(Token.objects.get(id=actor.token_id), draft, platform)
        if Token.objects.filter(user=user, name=name).exists():
            raise NameTaken(f"You have a token “{name}” already. Choose another name.", field="name")
        key = create_token(
            user, name, draft.role, platform_id=platform.pk if platform else None, expires_at=draft.expires_at
        )
        token = Token.objects.select_related("user", "platform").get(user=user, name=name)
        note(actor, Subject.TOKEN, name, "created", platform_id=token.platform_id, after=token_facts(token))
    return token, key


def token_facts(token: Token) -> dict[str, object]:
    """As the trail tells them."""
    facts: dict[str, object] = {"of": token.user.username, "role": token.role}
    if token.platform:
        facts["platform"] = token.platform.name
    if token.expires_at:
        facts["until"] = token.expires_at.isoformat(timespec="minutes")
    return facts


def _check_role(person: Actor, role: Role, platform: Platform | None) -> None:
    if person.is_superuser:
        return
    own = [role for key, role in person.roles.items() if platform is None or key == platform.pk]
    if not own:
        raise NotAllowed("You are a member of no platform: a token of yours would open nothing.")
    mightiest = max(own, key=lambda each: each.rank)
    if role.rank > mightiest.rank:
        where = f"of “{platform}”" if platform else "at most"
        raise Invalid(f"You are {mightiest} {where}: a token of yours cannot be more.", field="role")


def _check_maker(maker: Token, draft: TokenDraft, platform: Platform | None) -> None:
    """What a token makes outlives it by nothing and opens nothing more."""
    if draft.role.rank > Role(maker.role).rank:
        raise NotAllowed(f"The token “{maker.name}” is {maker.role}: what it makes cannot be more.")
    if maker.platform_id is not None and (platform is None or platform.pk != maker.platform_id):
        raise NotAllowed(f"The token “{maker.name}” is for one platform: what it makes is for the same one.")
    if maker.expires_at is not None and (draft.expires_at is None or draft.expires_at > maker.expires_at):
        raise NotAllowed(f"The token “{maker.name}” ends earlier: what it makes cannot outlive it.")
