"""The files of executions: none without a row, and no row that promises files which are not there."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.db.models import Q

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.services.check_up.finding import Finding
from capsulier.services.execution_files import execution_directory
from capsulier.store.models import Execution

_PLACEMENT = re.compile(r"\.?(\d+)-(\d+)(\.going)?")
_AT_ONCE = 1000
_YOUNG_S = 3600.0
"""What is younger may still be on its way."""


def check_orphans(repair: bool) -> Iterator[Finding]:
    """Directories of executions that are no more, and drafts of processes that were killed."""
    for shard in sorted(config().executions_dir.glob("[0-9]*")):
        named = {path: found for path in shard.iterdir() if (found := _PLACEMENT.fullmatch(path.name))}
        ids = {int(found[1]) for found in named.values()}
        rows = Execution.objects.filter(id__in=ids).values_list("id", "placement", "files_gone_us")
        known = {row_id: (placement, gone is not None) for row_id, placement, gone in rows}
        for path, found in sorted(named.items()):
            placement, is_gone = known.get(int(found[1]), (0, True))
            is_orphan = int(found[2]) > placement or (is_gone and found[3])
            if is_orphan and _age_s(path) > _YOUNG_S:
                yield _removed(path, "belongs to no execution", repair)
        for draft in sorted(shard.glob("*/.*.partial")):
            if _age_s(draft) > _YOUNG_S:
                yield _removed(draft, "was never finished", repair)


def check_promises(repair: bool) -> Iterator[Finding]:
    """Executions whose files should be there, and are not."""
    missing = [each for page in _promising() for each in page if not execution_directory(*each).exists()]
    if not missing:
        return
    ids = [row_id for row_id, _ in missing]
    first = ", ".join(map(str, ids[:5])) + (" and others" if len(ids) > 5 else "")
    if repair:
        gone = {"files_gone_us": now_us(), "work_gone_us": now_us(), "log_bytes": 0, "work_bytes": 0}
        for start in range(0, len(ids), _AT_ONCE):
            Execution.objects.filter(id__in=ids[start : start + _AT_ONCE]).update(**gone)
    done = "Their rows say now that they are no longer kept." if repair else ""
    yield Finding(f"The files of {len(ids):,} executions are not there ({first}): somebody has removed them.", done)


def _promising() -> Iterator[list[tuple[int, int]]]:
    last = 0
    while True:
        wanted = Execution.objects.filter(Q(id__gt=last, ended_us__isnull=False, started_us__isnull=False))
        page = list(wanted.order_by("id").values_list("id", "placement", "files_gone_us")[:_AT_ONCE])
        if not page:
            return
        last = page[-1][0]
        yield [(row_id, placement) for row_id, placement, gone in page if gone is None and placement]


def _removed(path: Path, why: str, repair: bool) -> Finding:
    if repair:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    gone = repair and not path.exists()
    return Finding(f"{path.relative_to(config().data_dir)} {why}.", "It was removed." if gone else "")


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0
