"""What every command needs that opens the database: Django set up, tables up to date, the right data directory."""

import fcntl
import gc
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

CANNOT_START = 78
"""Exit code where a setting has to be changed first (EX_CONFIG): whoever supervises us need not try again."""

RESTORING = "restoring"
"""In the data directory: a restore into it has begun and not ended. Holds the seal of the backup."""


class CannotStart(SystemExit):
    """Ends the command with a sentence: starting it again would end the same."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(CANNOT_START)
        for sentence in sentences:
            print(f"capsulier: {sentence}", file=sys.stderr, flush=True)


class Refused(SystemExit):
    """Ends the command with a sentence: what was asked for was not done."""

    def __init__(self, sentence: str) -> None:
        super().__init__(1)
        print(f"capsulier: {sentence}", file=sys.stderr, flush=True)


def open_installation() -> None:
    """Set Django up, bring the tables up to date, and check that data directory and database belong together.

    Safe with several processes at once: one migrates, the others wait. When all is done already it costs one query.
    """
    from capsulier.config import config, prepare_data_dir

    check_settings()
    if (config().data_dir / RESTORING).exists():
        raise CannotStart(
            f"A restore into {config().data_dir} did not come to its end. "
            "Start `capsulier restore` again with the same file."
        )
    prepare_data_dir()
    set_up_django()
    if not _is_up_to_date():
        _migrate()
    _check_identity()


def set_up_django() -> None:
    from capsulier.config import config

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capsulier.settings")
    os.chdir(config().data_dir)  # it stays; sockets in it have short names; and no other directory is kept busy
    import django

    django.setup()


def settle_memory() -> None:
    """Once all is imported: what lives for ever need not be looked through by each collection of garbage."""
    gc.collect()
    gc.freeze()


def check_settings() -> None:
    """Read the settings once, and say of each that cannot be used what is wrong with it."""
    from pydantic import ValidationError

    from capsulier.config import config
    from capsulier.services.engine_settings import EnginesDamaged, engine_settings

    try:
        config()
        engine_settings()
    except EnginesDamaged as error:
        raise CannotStart(error.sentence) from None
    except ValidationError as error:
        sentences = []
        for each in error.errors(include_input=False, include_url=False):
            words = str(each.get("ctx", {}).get("error") or each["msg"])
            sentences.append(f"CAPSULIER_{each['loc'][0]}".upper() + f": {words}")
        raise CannotStart(*sentences) from None


def _is_up_to_date() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _migrate() -> None:
    from django.core.management import call_command

    with _only_one():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _only_one() -> Iterator[None]:
    from django.db import connection

    from capsulier.config import config

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('capsulier migrate'))")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('capsulier migrate'))")
    else:
        with (config().data_dir / "migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _check_identity() -> None:
    """The id in the data directory is that of the database; a new data directory takes it on."""
    from capsulier.config import config
    from capsulier.store.models import Installation

    installation = Installation.objects.get()
    path = config().data_dir / "installation"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(str(installation.uuid))
        draft.replace(path)
    if uuid.UUID(path.read_text()) != installation.uuid:
        raise CannotStart(
            f"The data directory {config().data_dir} belongs to another database than the one configured. "
            "Nothing was started. Name the right pair with CAPSULIER_DATA_DIR and CAPSULIER_DATABASE."
        )
