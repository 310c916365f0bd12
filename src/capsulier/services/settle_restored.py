"""What a restored installation has to know: whoever led, leads no more, and what ran does not run here."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from capsulier.clock import now_us
from capsulier.core.reasons import Reason
from capsulier.core.states import LIVE, State
from capsulier.ledger import moves
from capsulier.ledger.ends import Ended
from capsulier.store.models import Execution, Figures, Installation, Lease

_DETAIL = "restored from a backup"


def is_restored(installation: str) -> bool:
    """Whether the rows of this installation have come into the database already."""
    if Installation._meta.db_table not in connection.introspection.table_names():
        return False
    return Installation.objects.filter(uuid=UUID(installation)).exists()


def settle_restored(*, has_logs: bool) -> None:
    """End what was at work when the backup was made, by its job's rules (retries, alerts), and note which files are no
    more. Doing it twice is the same as once."""
    at_us = now_us()
    with transaction.atomic():
        Lease.objects.update(holder="", until_us=0)
        Figures.objects.all().delete()
        at_work = Execution.objects.filter(state__in=LIVE - {State.QUEUED}).order_by("id")
        lost = [Ended(each, Reason.LOST, at_us, detail=_DETAIL) for each in at_work.values_list("id", flat=True)]
        moves.record(lost, at_us)
        ended, gone = Execution.objects.filter(ended_us__isnull=False), Value(at_us)
        if has_logs:
            ended.update(log_bytes=None, work_bytes=None, work_gone_us=Coalesce("work_gone_us", gone))
        else:
            ended.update(
                log_bytes=0,
                work_bytes=0,
                work_gone_us=Coalesce("work_gone_us", gone),
                files_gone_us=Coalesce("files_gone_us", gone),
            )
