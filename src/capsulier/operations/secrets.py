"""`capsulier secrets`: the keys that secret values are sealed with."""

import argparse
import getpass
import sys

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier secrets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("rotate", help="seal all secrets with a new key; can be interrupted and started again")
    commands.add_parser("key", help="print a new key, for CAPSULIER_SECRETS_KEY")
    arguments = parser.parse_args(argv)
    return {"rotate": _rotate, "key": _key}[arguments.command]()


def _key() -> int:
    from capsulier.services.secret_keys import new_key

    print(new_key())
    return 0


def _rotate() -> int:
    open_installation()
    from capsulier.core.access import Actor
    from capsulier.core.errors import CapsulierError
    from capsulier.services.rotate_secrets import rotate_secrets
    from capsulier.services.secret_keys import are_keys_given

    try:
        rotated = rotate_secrets(Actor(None, getpass.getuser(), via="command line"), _tell)
    except CapsulierError as error:
        print(f"capsulier: {error.sentence}", file=sys.stderr)
        return 1
    print(f"Sealed {rotated.sealed:,} values with the new key.")
    if are_keys_given():
        print("The keys behind the first in CAPSULIER_SECRETS_KEY are needed no more.")
    if rotated.lost:
        print(f"{rotated.lost:,} values are sealed with a key that is not there: set them again.", file=sys.stderr)
    return 1 if rotated.lost else 0


def _tell(sealed: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{sealed:,} values", end="\r", file=sys.stderr, flush=True)
