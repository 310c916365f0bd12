"""Back an installation up while it works: one moment of the database, the packages, the keys, the logs if wanted."""

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from django.apps import apps
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from capsulier.config import config
from capsulier.logs.files import TIMES_NAME, LogName
from capsulier.logs.packed import packed_path
from capsulier.logs.source import open_regular
from capsulier.packages.storage import package_path
from capsulier.services.archive import ArchiveWriter, write_archive
from capsulier.store.databases import snapshot
from capsulier.store.models import Installation, Package
from capsulier.store.rows import Digest, columns, read_marks, read_rows, tables

SECRETS_KEY = "secrets_key"
KEYS = ("fingerprint_key", "installation", "local_key", "secret_key", SECRETS_KEY)
"""What stands beside the database in the data directory, and cannot be made again."""


class BackedUp(NamedTuple):
    rows: int
    packages: int
    missing: list[str]
    """Names of packages whose files are not there."""
    logs: int


def back_up(path: Path, *, with_logs: bool, with_secrets_key: bool = True) -> BackedUp:
    """Write the file; it is there when this returns, or not at all. Packages are never changed and logs are cut where
    they ended when they were read, so both belong to the moment of the database or a later one."""
    begin = {
        "made_at": datetime.now(UTC).isoformat(),
        "version": version("capsulier"),
        "has_logs": with_logs,
    }
    with write_archive(path, begin) as archive:
        with snapshot(config().database_url) as alias:
            facts = _add_rows(archive, alias, path.parent)
            packages = {each.sha256: each.name for each in Package.objects.using(alias).all()}
        _add_keys(archive, KEYS if with_secrets_key else [each for each in KEYS if each != SECRETS_KEY])
        missing = [name for sha256, name in sorted(packages.items()) if not _add(archive, package_path(sha256))]
        logs = sum(_add(archive, each) for each in _logs()) if with_logs else 0
        archive.end(facts)
    rows = sum(table["rows"] for table in facts["tables"].values())
    return BackedUp(rows, len(packages) - len(missing), missing, logs)


def _add_rows(archive: ArchiveWriter, alias: str, drafts: Path) -> dict[str, Any]:
    models = tables(apps)
    found = dict[str, dict[str, Any]]()
    for name, model in models.items():
        digest, names = Digest(), columns(model)
        with tempfile.TemporaryFile(dir=drafts) as draft:
            with gzip.open(draft, "wb", compresslevel=3) as packed:
                for line in read_rows(alias, model, names):
                    digest.add(line)
                    packed.write(line.encode() + b"\n")
            draft.seek(0)
            archive.add_file(f"rows/{name}.jsonl.gz", cast("IO[bytes]", draft))
        rows, total = digest.facts
        found[name] = {"columns": names, "rows": rows, "digest": total}
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    installation = str(Installation.objects.using(alias).get().uuid)
    return {
        "installation": installation,
        "tables": found,
        "marks": read_marks(alias, models.values()),
        "migrations": sorted(applied),
    }


def _add_keys(archive: ArchiveWriter, names: Iterable[str]) -> None:
    """The keys, the id, and the capsules of one's own."""
    own = config().data_dir
    for name in names:
        _add(archive, own / name)
    for path in sorted((own / "capsules").glob("*.toml")):
        _add(archive, path)


def _add(archive: ArchiveWriter, path: Path) -> bool:
    """Whether there is such a file; then it is in the backup."""
    try:
        with open_regular(path) as file:
            archive.add_file(path.relative_to(config().data_dir).as_posix(), file)
    except FileNotFoundError:
        return False
    return True


def _logs() -> Iterator[Path]:
    """The logs of all executions, and when they were written. One that is packed meanwhile is found under either
    name."""
    for shard in sorted(config().executions_dir.glob("[0-9]*")):
        for directory in sorted(shard.glob("[0-9]*")):
            for name in LogName:
                log = name.in_directory(directory)
                yield log
                yield packed_path(log)
            yield directory / TIMES_NAME
