"""Roles that follow what a single sign-on says of a person."""

from django.db import transaction

from capsulier.config import config
from capsulier.core.role_rules import EVERY_PLATFORM, Granted, granted, parse_role_rules
from capsulier.core.trail import Subject
from capsulier.services.identity import actor_of_user
from capsulier.services.trail import differences, note
from capsulier.store.models import Membership, Platform, User


def roles_of_claim(claim: object) -> Granted:
    return granted(parse_role_rules(config().oidc_roles), claim, _platforms())


@transaction.atomic
def follow_claim(user: User, claim: object) -> None:
    """Give the person what the claim grants, and take away what it does not, in the platforms that a rule names; the
    others are left to their administrators. The last administrator of the installation stays one."""
    rules = parse_role_rules(config().oidc_roles)
    if not rules:
        return
    platforms = _platforms()
    wanted = granted(rules, claim, platforms)
    named = {rule.platform for rule in rules}
    governed = {name: key for name, key in platforms.items() if EVERY_PLATFORM in named or name in named}
    chiefs = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("id"))
    before = _facts(user, governed)
    for name, platform_id in governed.items():
        role = wanted.roles.get(name)
        if role is None:
            Membership.objects.filter(user=user, platform_id=platform_id).delete()
        else:
            Membership.objects.update_or_create(user=user, platform_id=platform_id, defaults={"role": role.value})
    if any(rule.role is None for rule in rules) and (wanted.is_superuser or chiefs != [user]):
        user.is_superuser = wanted.is_superuser
        user.save(update_fields=["is_superuser"])
    changed_from, changed_to = differences(before, _facts(user, governed))
    if changed_to:
        actor = actor_of_user(user, via="single sign-on")
        note(actor, Subject.MEMBER, user.username, "roles of claim", before=changed_from, after=changed_to)


def _platforms() -> dict[str, int]:
    return dict(Platform.objects.filter(archived_at=None).values_list("name", "id"))


def _facts(user: User, governed: dict[str, int]) -> dict[str, object]:
    roles = dict(Membership.objects.filter(user=user).values_list("platform_id", "role"))
    return {name: roles.get(key, "") for name, key in governed.items()} | {"superuser": user.is_superuser}
