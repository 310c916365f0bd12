"""What is left of executions that have ended: their files as the janitor finds and leaves them, and their rows."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from capsulier.ledger import statements
from capsulier.store.models import Execution, Occasion

PAGE = 200
"""Rows in one transaction: nobody else writes into an SQLite meanwhile."""
_BEYOND_ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Files:
    """What is left of one execution's, as its row says it."""

    id: int
    log_bytes: int | None
    work_bytes: int | None
    packed_us: int | None
    work_gone_us: int | None
    files_gone_us: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """What ended before these instants goes, or is packed where its logs take so much. 0: nothing."""

    all_before_us: int
    files_before_us: int
    work_before_us: int
    packed_before_us: int
    worth_packing: int


def is_unsettled(job_id: int, due: Due) -> bool:
    """Whether anything in the past of a job waits to be measured, to go or to be packed. The kept successes and
    failures count among what goes: whoever goes through it knows better."""
    return bool(statements.run("unsettled", job_id=job_id, **asdict(due)))


def past_of_job(job_id: int) -> Iterator[list[Any]]:
    """All executions of a job, live ones too, from the newest to the oldest, in pages."""
    before = _BEYOND_ALL
    while rows := statements.run("past_of_job", job_id=job_id, before=before, limit=PAGE):
        before = rows[-1].number
        yield rows


@transaction.atomic(savepoint=False)
def note_files(files: Sequence[Files]) -> None:
    """Write down what is left of these. Of one that lives nothing is written."""
    if files:
        statements.run("note_files", [asdict(each) for each in sorted(files, key=lambda each: each.id)])


@transaction.atomic(savepoint=False)
def remove(execution_ids: Collection[int]) -> None:
    """Remove the rows of these, unless an alert about one has still to be sent. What points to one points to nothing
    then; counts stay as they are."""
    unsent = Occasion.objects.filter(Q(is_open=True) | Q(alerts__next_try_us__isnull=False))
    unsent = unsent.filter(execution_id__in=execution_ids)
    ended = Execution.objects.filter(id__in=execution_ids, ended_us__isnull=False)
    ended.exclude(id__in=list(unsent.values_list("execution_id", flat=True))).delete()
