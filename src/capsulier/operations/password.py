"""`capsulier password USER`: set a new password, for who has forgotten theirs."""

import argparse
import getpass
import secrets
import sys

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier password", description=__doc__)
    parser.add_argument("user", metavar="USER", help="the user name")
    parser.add_argument("--generate", action="store_true", help="choose one and print it, rather than ask for it")
    parser.add_argument(
        "--without-second-factor", action="store_true", help="forget authenticator app and passkeys, too"
    )
    arguments = parser.parse_args(argv)
    open_installation()
    from capsulier.core.errors import CapsulierError
    from capsulier.services.reset_password import reset_password

    password = secrets.token_urlsafe(12) if arguments.generate else _ask()
    try:
        reset_password(arguments.user, password, without_second_factor=arguments.without_second_factor)
    except CapsulierError as refused:
        print(f"capsulier: {refused.sentence}", file=sys.stderr)
        return 1
    print(password if arguments.generate else f"“{arguments.user}” has a new password, and is signed out everywhere.")
    return 0


def _ask() -> str:
    """On a terminal, unseen; otherwise from standard input, so that it stands in no list of processes."""
    return getpass.getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
