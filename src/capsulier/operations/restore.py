"""`capsulier restore FILE`: make an installation of a backup, in an empty data directory and an empty database."""

import argparse
import gzip
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from capsulier.operations.setup import RESTORING, Refused, set_up_django
from capsulier.services.archive import NoBackup, check_archive, members

_ROWS, _SUFFIX = "rows/", ".jsonl.gz"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier restore", description=__doc__)
    parser.add_argument("file", type=Path, help="what `capsulier backup` has written")
    arguments = parser.parse_args(argv)
    path: Path = arguments.file.resolve()
    try:
        begin, end = check_archive(path)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except NoBackup as error:
        raise Refused(str(error)) from None
    _restore(path, begin, end)
    counted = sum(table["rows"] for table in end["tables"].values())
    print(f"Restored {counted:,} rows of {begin['made_at'][:16].replace('T', ' ')} UTC. `capsulier serve` starts them.")
    return 0


def _restore(path: Path, begin: dict[str, Any], end: dict[str, Any]) -> None:
    from capsulier.config import config, prepare_data_dir

    own = config().data_dir
    mark = own / RESTORING
    if not mark.exists() and own.exists() and any(own.iterdir()):
        raise Refused(f"{own} is not empty. Nothing was restored: give an empty one with CAPSULIER_DATA_DIR.")
    if mark.exists() and mark.read_text() != end["seal"]:
        raise Refused(f"{own} holds half of another backup. Empty it first.")
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.write_text(end["seal"])  # until it is gone, nothing starts here
    prepare_data_dir()
    _place_files(path, own)
    set_up_django()
    _load(path, begin, end)
    os.sync()
    mark.unlink()


def _place_files(path: Path, own: Path) -> None:
    for name, content in members(path):
        if not name.startswith(_ROWS):
            target = own / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(target, "wb", opener=_private) as file:  # a Path opens without opener
                shutil.copyfileobj(content, file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _load(path: Path, begin: dict[str, Any], end: dict[str, Any]) -> None:
    from django.apps import apps
    from django.core.management import call_command
    from django.db import DEFAULT_DB_ALIAS

    from capsulier.core.errors import CapsulierError
    from capsulier.services.load_rows import is_empty, load_rows, settle_rows
    from capsulier.services.settle_restored import is_restored, settle_restored
    from capsulier.store.rows import set_marks, tables

    try:
        if not is_restored(end["installation"]):  # of a run before this one that was killed right afterwards
            if not is_empty():
                raise Refused("The database has tables already. Give an empty one, and start again.")
            load_rows([(app, name) for app, name in end["migrations"]], end["tables"], end["marks"], _rows(path))
        call_command("migrate", verbosity=0, interactive=False)
        # Once more: a migration that makes a table of SQLite anew begins to count with the rows that are left.
        set_marks(DEFAULT_DB_ALIAS, [*tables(apps).values()], end["marks"])
        settle_restored(has_logs=begin["has_logs"])
        settle_rows()
    except CapsulierError as error:
        raise Refused(error.sentence) from None


def _rows(path: Path) -> Iterator[tuple[str, Iterator[str]]]:
    for name, content in members(path):
        if not name.startswith(_ROWS):
            return  # rows come first; PostgreSQL would end a transaction that waits for gigabytes of packages
        yield name.removeprefix(_ROWS).removesuffix(_SUFFIX), _lines(content)


def _lines(content: IO[bytes]) -> Iterator[str]:
    with gzip.open(content) as unpacked, io.TextIOWrapper(unpacked, encoding="utf-8") as text:
        yield from text
