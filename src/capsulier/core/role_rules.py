"""What the claims of a single sign-on mean: `data-team=main:editor, ops=*:operator, root=superuser`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from capsulier.core.access import Role

EVERY_PLATFORM = "*"
_SUPERUSER = "superuser"
_FORM = "Write it as team=platform:role, other-team=*:role, chiefs=superuser."


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Who has this value in their claim gets the role in the platform, or administers the installation."""

    value: str
    platform: str = ""
    """Empty: the installation."""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    roles: dict[str, Role]
    """By platform; of several the mightiest."""
    is_superuser: bool


def parse_role_rules(text: str) -> list[RoleRule]:
    """Raises ValueError with a sentence."""
    return [_parse(part.strip()) for part in text.split(",") if part.strip()]


def _parse(text: str) -> RoleRule:
    value, equals, grant = (part.strip() for part in text.rpartition("="))
    if not value or not equals:
        raise ValueError(f"“{text}” is no rule. {_FORM}")
    if grant == _SUPERUSER:
        return RoleRule(value)
    platform, _, role = grant.partition(":")
    if not platform or role not in list(Role):
        raise ValueError(f"“{grant}” is neither platform:role nor superuser. {_FORM}")
    return RoleRule(value, platform, Role(role))


def granted(rules: Iterable[RoleRule], claimed: object, platforms: Collection[str]) -> Granted:
    """What somebody with this claim gets. A claim that is one word is a list of one; what is neither grants nothing."""
    values = {claimed} if isinstance(claimed, str) else set(map(str, claimed)) if isinstance(claimed, list) else set()
    roles: dict[str, Role] = {}
    is_superuser = False
    for rule in rules:
        if rule.value not in values:
            continue
        if rule.role is None:
            is_superuser = True
            continue
        for platform in platforms if rule.platform == EVERY_PLATFORM else {rule.platform} & set(platforms):
            roles[platform] = max(roles.get(platform, rule.role), rule.role, key=lambda role: role.rank)
    return Granted(roles, is_superuser)
