"""What the installation stands on: disk, clock, keys, and a conductor that leads."""

import os
import tempfile
from collections.abc import Iterator

from django.db import connection

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.wording import duration_in_words, size_in_words
from capsulier.ledger.lease import CONDUCTOR
from capsulier.services.back_up import KEYS
from capsulier.services.check_up.finding import Finding
from capsulier.services.disk import look_at_disk
from capsulier.store.models import Execution, Lease

_APART_US = 5_000_000
_OTHERS = 0o077
_LONGEST_LEASES = 10


def check_disk(repair: bool) -> Iterator[Finding]:
    """Whether there is room, and we may write."""
    disk = look_at_disk()
    if not disk.has_room():
        free, wanted = size_in_words(disk.free_bytes), size_in_words(disk.min_free_bytes)
        yield Finding(f"{free} are free on the disk and {wanted} wanted: nothing starts. Remove something.")
    if os.statvfs(config().data_dir).f_favail == 0 and os.statvfs(config().data_dir).f_files:
        yield Finding("The disk of the data directory can hold no more files. Remove some.")
    try:
        with tempfile.TemporaryFile(dir=config().data_dir) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        yield Finding(f"The data directory cannot be written: {error.strerror}.")


def check_keys(repair: bool) -> Iterator[Finding]:
    """Whether nobody else can read them."""
    for name in KEYS:
        path = config().data_dir / name
        if name != "installation" and path.exists() and path.stat().st_mode & _OTHERS:
            if repair:
                path.chmod(0o600)
            done = "Only its owner can now." if repair else ""
            yield Finding(f"Others can read {path}.", done)


def check_clock(repair: bool) -> Iterator[Finding]:
    """Whether it agrees with the database's, and with the past."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint")
            apart_us = cursor.fetchone()[0] - now_us()
        if abs(apart_us) > _APART_US:
            words = duration_in_words(abs(apart_us) / 1_000_000)
            yield Finding(f"The clocks of this machine and of the database are {words} apart. Set them by NTP.")
    newest = Execution.objects.order_by("-id").values_list("queued_us", flat=True).first()
    if newest is not None and newest > now_us() + _APART_US:
        words = duration_in_words((newest - now_us()) / 1_000_000)
        yield Finding(f"The newest execution was queued {words} in the future: the clock was set back. Set it by NTP.")


def check_lease(repair: bool) -> Iterator[Finding]:
    """Whether somebody leads, and will be noticed when they do not."""
    lease = Lease.objects.filter(name=CONDUCTOR).first()
    if lease is None:
        if repair:
            Lease.objects.create(name=CONDUCTOR)
        yield Finding("No conductor could ever lead: the lease is missing.", "It is there again." if repair else "")
    elif lease.until_us > now_us() + _LONGEST_LEASES * config().lease_s * 1_000_000:
        if repair:
            Lease.objects.filter(name=CONDUCTOR, until_us=lease.until_us).update(holder="", until_us=0)
        words = "The lease of the leading conductor ends too far in the future: the clock was set back."
        yield Finding(words, "It was ended; a conductor takes it within seconds." if repair else "")
    elif not lease.holder or lease.until_us < now_us():
        yield Finding("No conductor leads: nothing starts, no schedule fires. Start `capsulier conductor` or `serve`.")
