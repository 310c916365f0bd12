"""What all shapes share: instants, and lists by page."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from capsulier.clock import as_datetime

T = TypeVar("T")


class Shape(BaseModel):
    """A field that nobody knows is refused rather than ignored: it is most often one that was misspelt."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""RFC 3339, UTC."""


def without_defaults(schema: dict[str, Any]) -> None:
    """Take the defaults out of a schema whose fields, when they are not given, mean "as it is"."""
    for field in schema["properties"].values():
        field.pop("default", None)


def in_utc(at: datetime | None) -> datetime | None:
    """A date, or a time without an offset, is one of UTC; PostgreSQL knows no offset of sixteen hours or more."""
    if at is None or at.tzinfo is None:
        return at and at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return at.replace(tzinfo=UTC)  # at the ends of all time


def instant(us: int | None) -> datetime | None:
    """An instant of the ledger, where there is one."""
    return None if us is None else as_datetime(us)


class Page(Shape, Generic[T]):
    items: list[T]
    next: int | str | None
    """Give it as `page` to get what follows; null on the last page."""


PageSize = Annotated[int, Field(ge=1, le=200, description="At most so many items.")]
