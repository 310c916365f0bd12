"""Mute the alerts of a job to one address: whoever has the link of such an alert may."""

from dataclasses import dataclass

from django.core import signing

from capsulier.clock import now_us
from capsulier.core.errors import NotFound
from capsulier.store.models import Job, Mute

_SALT = "capsulier.mute"
_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Muting:
    """What a link of an alert is about."""

    job: Job
    target: str
    mute: Mute | None
    """That holds now."""


def mute_key(job_id: int, target: str) -> str:
    """What stands in the link of an alert; it cannot be made up, and works for as long as there is the job."""
    return signing.dumps([job_id, target.casefold()], salt=_SALT)


def read_mute_key(key: str) -> Muting:
    """Raises NotFound for what is no such key, and for a job that is gone."""
    try:
        job_id, target = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        raise NotFound("This link is not whole. Copy all of it from the mail.") from None
    job = Job.objects.filter(id=job_id, deleted_at=None).first()
    if job is None:
        raise NotFound("The job of this link does not exist any more, and tells nobody anything.")
    mute = Mute.objects.filter(job=job, target=target).first()
    holds = mute is not None and (mute.until_us is None or mute.until_us > now_us())
    return Muting(job, target, mute if holds else None)


def mute_alerts(key: str, hours: int | None) -> None:
    """For so many hours from now; None: until somebody takes it back. The last word counts."""
    muting = read_mute_key(key)
    until_us = None if hours is None else now_us() + hours * _HOUR_US
    Mute.objects.update_or_create(job=muting.job, target=muting.target, defaults={"until_us": until_us})


def unmute_alerts(key: str) -> None:
    """Doing it twice is the same as once."""
    muting = read_mute_key(key)
    Mute.objects.filter(job=muting.job, target=muting.target).delete()
