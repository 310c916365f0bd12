"""Variables on the wire: a secret's value goes in, and never out."""

from capsulier.api.v2.shapes.shape import Instant, Shape
from capsulier.clock import as_datetime
from capsulier.store.models import Variable


class VariableOut(Shape):
    name: str
    value: str | None
    """Null for a secret."""
    secret: bool
    of_job: bool
    """Of the job itself, which wins over one of its platform."""
    set_at: Instant
    set_by: str | None

    @classmethod
    def of(cls, row: Variable) -> "VariableOut":
        """`row` comes with its set_by."""
        return cls(
            name=row.name,
            value=None if row.is_secret else row.value,
            secret=row.is_secret,
            of_job=row.job_id is not None,
            set_at=as_datetime(row.set_us),
            set_by=str(row.set_by) if row.set_by else None,
        )


class VariableIn(Shape):
    value: str | None = None
    """Null leaves it as it is."""
    secret: bool | None = None
    """Null leaves it as it is. A secret becomes a plain one only together with a new value."""
