"""Whether this installation can work at the moment."""

from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from capsulier.clock import now_us
from capsulier.ledger.lease import CONDUCTOR
from capsulier.store.models import Lease


class Readiness(NamedTuple):
    is_migrated: bool
    """Every table is as this version wants it."""
    is_led: bool
    """A conductor leads: what is queued starts, what is due fires. Pages and API work without one."""


def readiness() -> Readiness:
    """As the database answers; raises its errors where it does not."""
    applied = MigrationRecorder(connection).applied_migrations()
    return Readiness(is_migrated=_newest() <= applied.keys(), is_led=is_led())


def is_led() -> bool:
    return Lease.objects.filter(name=CONDUCTOR, until_us__gt=now_us()).exclude(holder="").exists()


@cache
def _newest() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
