"""`capsulier db copy URL`: move the installation into another database, from SQLite to PostgreSQL or back."""

import argparse
import os
import sys

from capsulier.operations.setup import Refused, check_settings, set_up_django


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier db", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    copy = commands.add_parser("copy", help="copy all rows into an empty database; the old one stays as it is")
    copy.add_argument("url", help="postgresql://… or sqlite:///…; - reads it from standard input, where no ps shows it")
    arguments = parser.parse_args(argv)
    url = sys.stdin.readline().strip() if arguments.url == "-" else arguments.url
    return _copy(url)


def _copy(url: str) -> int:
    from capsulier.config import config, database_settings, prepare_data_dir

    check_settings()
    source = config().database_url
    try:
        if _place(database_settings(source)) == _place(database_settings(url)):
            raise Refused("That is the database in use. Name another one.")
    except ValueError as error:
        raise Refused(str(error)) from None
    # Migrations speak to the database that Django is set up with: that is the new one, from here on.
    os.environ["CAPSULIER_DATABASE"] = url
    config.cache_clear()
    check_settings()
    prepare_data_dir()
    set_up_django()
    from django.db import OperationalError

    from capsulier.core.errors import CapsulierError
    from capsulier.services.copy_database import copy_database

    try:
        copied = copy_database(source)
    except CapsulierError as error:
        raise Refused(error.sentence) from None
    except OperationalError as error:
        raise Refused(f"A database does not answer: {str(error).strip()}") from None
    for table, rows in copied.rows.items():
        print(f"{rows:>12,}  {table}")
    done = (
        "There was nothing to do: they had all been copied before"
        if copied.was_there
        else "The old database is as it was"
    )
    print(f"{sum(copied.rows.values()):>12,}  rows, compared one by one. {done}.")
    print("Now give every process CAPSULIER_DATABASE with the new address, and start them.")
    return 0


def _place(settings: dict[str, object]) -> tuple[object, ...]:
    return tuple(settings.get(name) for name in ("ENGINE", "NAME", "HOST", "PORT"))
