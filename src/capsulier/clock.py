"""What time it is. Rules take time as an argument; only the edges ask here."""

import time
from datetime import UTC, datetime


def now_us() -> int:
    """Microseconds since the epoch, UTC: how the ledger writes instants."""
    return time.time_ns() // 1000


def as_us(instant: datetime) -> int:
    """An aware datetime as the ledger writes it."""
    return round(instant.timestamp() * 1_000_000)


def as_datetime(us: int) -> datetime:
    """An instant of the ledger as an aware datetime, UTC."""
    return datetime.fromtimestamp(us / 1_000_000, UTC)
