"""Give a new job the variables of the one that it is made from."""

from collections.abc import Sequence

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.services.sealing import hold_keys
from capsulier.store.models import Job, Variable


def copy_variables(actor: Actor, source_id: int, job: Job) -> Sequence[str]:
    """Copy them, secrets as they are sealed, within one platform; their names. Part of the caller's transaction.

    Who may make a job here may change the source's command, so they learn of no secret that they could not print.
    """
    hold_keys()
    rows = Variable.objects.filter(job_id=source_id, platform_id=job.platform_id, ended_us=None).order_by("name")
    copies = [
        Variable(
            platform_id=row.platform_id,
            job=job,
            name=row.name,
            is_secret=row.is_secret,
            value=row.value,
            sealed=row.sealed,
            fingerprint=row.fingerprint,
            set_us=now_us(),
            set_by_id=actor.user_id,
        )
        for row in rows
    ]
    Variable.objects.bulk_create(copies)
    return [each.name for each in copies]
