"""Whether there is room enough on the disk to begin something that will write on it."""

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of the data directory."""

    free_bytes: int
    min_free_bytes: int
    """What the installation wants to be free."""

    def wanted_bytes(self, min_free_mb: int | None) -> int:
        """What must be free for a platform that wants so much itself: the stricter of both."""
        return max(self.min_free_bytes, (min_free_mb or 0) * _MB)

    def has_room(self, min_free_mb: int | None = None) -> bool:
        return self.free_bytes >= self.wanted_bytes(min_free_mb)
