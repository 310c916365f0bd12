"""Let go of the history that the settings no longer want, and pack logs that are over: `core.retention` says what.

Logs and working directories go before the record. A row says that they are gone before they are, and loses its size
when they are: what a kill leaves in between is found by the next pass, and nothing is removed that a row promises.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.retention import Fate, Judge, Past, Retention, days_before_us
from capsulier.core.states import State
from capsulier.ledger import keeping
from capsulier.ledger.keeping import Due, Files
from capsulier.services.execution_files import measure, pack_logs, remove_files, remove_work
from capsulier.store.models import Job, Platform

_log = logging.getLogger(__name__)
_WORTH_PACKING_BYTES = 16 * 1024
"""Less takes a few blocks, packed or not."""


class _Item(NamedTuple):
    row: Any
    before: Files
    """As the row says."""
    now: Files
    fate: Fate


def keep_history(stop: Callable[[], bool] = lambda: False) -> None:
    """Go through all jobs that are not in the trash. Doing it twice is the same as once."""
    of_platform = {each.pk: retention_of(each) for each in Platform.objects.all()}
    # All at once: an SQLite that is still reading them would be refused what it writes meanwhile.
    for job in list(Job.objects.filter(deleted_at=None).order_by("id").only("platform_id", *_names())):
        if stop():
            return
        try:
            keep_history_of(job.pk, retention_of(job).within(of_platform[job.platform_id]), now_us(), stop)
        except OSError:
            _log.exception("The files of job %d could not be tidied up. Trying again later.", job.pk)


def retention_of(row: Job | Platform) -> Retention:
    """What a job or a platform itself says."""
    return Retention(**{name: getattr(row, name) for name in _names()})


def keep_history_of(job_id: int, retention: Retention, at_us: int, stop: Callable[[], bool] = lambda: False) -> None:
    """One job's, page by page: each is settled before the next is looked at. Where nothing waits for that, the database
    says so sooner than we could: of a million rows in a second, which the other threads do not feel."""
    if not retention.goes_by_others() and not keeping.is_unsettled(job_id, _due(retention, at_us)):
        return
    judge = Judge(retention, at_us)
    for rows in keeping.past_of_job(job_id):
        if stop():
            return
        items = [item for row in rows for item in _judged(row, judge, at_us)]
        _settle(items, at_us, stop)


def _due(retention: Retention, at_us: int) -> Due:
    return Due(
        all_before_us=days_before_us(retention.keep_days, at_us),
        files_before_us=days_before_us(retention.keep_log_days, at_us),
        work_before_us=days_before_us(retention.keep_work_days, at_us),
        packed_before_us=_packed_before_us(at_us),
        worth_packing=_WORTH_PACKING_BYTES,
    )


def _packed_before_us(at_us: int) -> int:
    return at_us - int(config().pack_logs_after_s * 1_000_000)


def _names() -> list[str]:
    return [each.name for each in fields(Retention)]


def _judged(row: Any, judge: Judge, at_us: int) -> Iterator[_Item]:
    """What is to be done about it; nothing about one that lives."""
    if row.ended_us is None:
        judge.fate(Past(State(row.state), None))
        return
    before = now = Files(row.id, row.log_bytes, row.work_bytes, row.packed_us, row.work_gone_us, row.files_gone_us)
    if now.log_bytes is None or now.work_bytes is None:
        now = _measured(now, row)
    fate = judge.fate(Past(State(row.state), row.ended_us, now.log_bytes or 0, now.work_bytes or 0))
    if fate >= Fate.WORK_GOES and now.work_gone_us is None:
        now = replace(now, work_gone_us=at_us)
    if fate >= Fate.FILES_GO and now.files_gone_us is None:
        now = replace(now, files_gone_us=at_us)
    yield _Item(row, before, now, fate)


def _settle(items: Sequence[_Item], at_us: int, stop: Callable[[], bool]) -> None:
    keeping.note_files([each.now for each in items if each.now != each.before])
    settled = [(each, _tidied(each, at_us, stop)) for each in items]
    keeping.note_files([files for each, files in settled if files != each.now])
    gone = [
        each.row.id
        for each, files in settled
        if each.fate is Fate.ALL_GOES and not (files.log_bytes or files.work_bytes)
    ]
    if gone:
        keeping.remove(gone)
        _log.info("Removed the records of %d executions, as the settings want it.", len(gone))


def _tidied(item: _Item, at_us: int, stop: Callable[[], bool]) -> Files:
    """Its files after we have done what there is to do about them."""
    row, files = item.row, item.now
    if files.files_gone_us is not None:
        if files.log_bytes or files.work_bytes:
            remove_files(row.id, row.placement)
            return _measured(files, row)
        return files
    if files.work_gone_us is not None and files.work_bytes:
        remove_work(row.id, row.placement)
        files = _measured(files, row)
    if _is_to_be_packed(row, files, at_us) and pack_logs(row.id, row.placement, stop):
        files = _measured(replace(files, packed_us=at_us), row)
    return files


def _measured(files: Files, row: Any) -> Files:
    return replace(files, **measure(row.id, row.placement)._asdict())


def _is_to_be_packed(row: Any, files: Files, at_us: int) -> bool:
    is_over = row.ended_us < _packed_before_us(at_us)
    return is_over and files.packed_us is None and (files.log_bytes or 0) >= _WORTH_PACKING_BYTES
