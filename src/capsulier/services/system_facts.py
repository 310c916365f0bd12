"""What an administrator wants to know of the installation at a glance, and what is wrong with it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from django.db import connection

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.access import Actor
from capsulier.core.errors import NotAllowed
from capsulier.core.wording import size_in_words
from capsulier.ledger.lease import CONDUCTOR
from capsulier.services.disk import look_at_disk
from capsulier.services.manager_address import manager_address
from capsulier.store.models import Installation, Lease

_NO_LEADER = (
    "No conductor leads: nothing starts and no schedule fires until one does. Start it with `capsulier conductor`."
)
_MAKE_ROOM = "Remove something, or keep less: Limits and retention."
_NO_MAIL = "No mail server is set, so no alert is mailed. Set CAPSULIER_SMTP_URL."
_NO_ADDRESS = "No public address is set, so mails carry no links that work elsewhere. Set CAPSULIER_PUBLIC_URL."


@dataclass(frozen=True, slots=True)
class SystemFacts:
    rows: list[tuple[str, str]]
    """Label and value."""
    warnings: list[str]
    """Sentences, each with the next step."""


def system_facts(actor: Actor) -> SystemFacts:
    """Raises NotAllowed for who is no administrator of the installation."""
    if not actor.is_superuser:
        raise NotAllowed("That is for administrators of the installation.")
    leader = _leader()
    return SystemFacts(list(_rows(leader)), list(_warnings(leader)))


def _leader() -> Lease | None:
    lease = Lease.objects.filter(name=CONDUCTOR).first()
    return lease if lease and lease.holder and lease.until_us > now_us() else None


def _rows(leader: Lease | None) -> Iterator[tuple[str, str]]:
    installation = Installation.objects.first()
    disk = shutil.disk_usage(config().data_dir)
    yield "Version", version("capsulier")
    if installation:
        yield "Installed", f"{installation.created_at:%-d %b %Y}"
    yield "Address", manager_address() or "unknown"
    yield "Database", {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    yield "Data directory", str(config().data_dir)
    yield "Free on its disk", f"{size_in_words(disk.free)} of {size_in_words(disk.total)}"
    yield "Conductor", _leader_in_words(leader)
    yield "Mail server", str(config().mail_server or "none")


def _leader_in_words(leader: Lease | None) -> str:
    if leader is None:
        return "none leads"
    host, pid, _ = leader.holder.rsplit(":", 2)
    return f"process {pid} on {host}"


def _warnings(leader: Lease | None) -> Iterator[str]:
    if leader is None:
        yield _NO_LEADER
    disk = look_at_disk()
    if not disk.has_room():
        free, wanted = size_in_words(disk.free_bytes), size_in_words(disk.min_free_bytes)
        yield f"{free} are free on the disk and {wanted} wanted: nothing starts until there is room. {_MAKE_ROOM}"
    if config().mail_server is None:
        yield _NO_MAIL
    elif not config().public_url:
        yield _NO_ADDRESS
