"""`capsulier forget-trail`: remove what is too old from the audit trail."""

import argparse
import getpass
from datetime import UTC, datetime

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier forget-trail", description=__doc__)
    parser.add_argument("--before", required=True, metavar="DAY", help="the first day that is kept: 2026-01-01")
    arguments = parser.parse_args(argv)
    try:
        before = datetime.fromisoformat(arguments.before)
    except ValueError:
        parser.error(f"“{arguments.before}” is no day. Write it as 2026-01-01.")
    before = before if before.tzinfo else before.replace(tzinfo=UTC)
    open_installation()
    from capsulier.core.access import Actor
    from capsulier.services.forget_trail import forget_trail

    count = forget_trail(Actor(None, getpass.getuser(), via="command line"), before)
    print(f"Removed {count:,} lines from before {before:%Y-%m-%d %H:%M} UTC.")
    return 0
