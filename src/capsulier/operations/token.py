"""`capsulier token create`: print an API token for a program."""

import argparse
from datetime import UTC, datetime, timedelta

from capsulier.core.access import Role
from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier token", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a token and print it, once")
    create.add_argument("--name", required=True, help="what it is for, e.g. ci")
    create.add_argument("--role", default=Role.ADMINISTRATOR, choices=[role.value for role in Role])
    create.add_argument("--platform", default="", help="only in this platform")
    create.add_argument("--days", type=int, help="for how long it is good (default: until it is revoked)")
    commands.add_parser("list", help="show the tokens there are, not their secrets")
    revoke = commands.add_parser("revoke", help="make a token useless")
    revoke.add_argument("name")
    arguments = parser.parse_args(argv)
    open_installation()
    return {"create": _create, "list": _list, "revoke": _revoke}[arguments.command](arguments)


def _create(arguments: argparse.Namespace) -> int:
    from capsulier.services.identity import administrator, create_token
    from capsulier.store.models import Platform

    platform = Platform.objects.filter(name=arguments.platform).first()
    if arguments.platform and platform is None:
        raise SystemExit(f"There is no platform “{arguments.platform}”.")
    expires_at = datetime.now(UTC) + timedelta(days=arguments.days) if arguments.days else None
    role = Role(arguments.role)
    print(
        create_token(
            administrator(),
            arguments.name,
            role,
            platform_id=platform.pk if platform else None,
            expires_at=expires_at,
        )
    )
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from capsulier.store.models import Token

    for token in Token.objects.select_related("platform").order_by("name"):
        used = f"last used {token.last_used_at:%Y-%m-%d %H:%M} UTC" if token.last_used_at else "never used"
        print(f"{token.name}\t{token.role}\t{token.platform or 'every platform'}\t{used}")
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from capsulier.store.models import Token

    count, _ = Token.objects.filter(name=arguments.name).delete()
    if not count:
        raise SystemExit(f"There is no token “{arguments.name}”.")
    return 0
