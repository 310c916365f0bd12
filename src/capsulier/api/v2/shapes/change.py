"""The audit trail on the wire."""

from typing import Any

from capsulier.api.v2.shapes.shape import Instant, Shape
from capsulier.store.models import Change


class ChangeOut(Shape):
    """A line of the audit trail."""

    id: int
    at: Instant
    user: str | None
    """As they were called then."""
    via: str
    """page, api, command line, or the name of a token."""
    address: str | None
    """Where they asked from. Null here and below for who is no administrator."""
    agent: str | None
    """What their browser or program called itself."""
    subject: str
    """What was changed: job, version, execution, variable, …"""
    name: str
    """Of the subject, as it was called then."""
    platform: str | None
    """Null: of the installation, such as a sign-in."""
    job_id: int | None
    verb: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: Change, *, whence: bool) -> "ChangeOut":
        """`row` comes with its platform."""
        return cls(
            id=row.pk,
            at=row.at,
            user=row.who,
            via=row.via,
            address=row.address if whence else None,
            agent=row.agent if whence else None,
            subject=row.subject,
            name=row.name,
            platform=row.platform.name if row.platform else None,
            job_id=row.job_id,
            verb=row.verb,
            before=row.before,
            after=row.after,
        )
