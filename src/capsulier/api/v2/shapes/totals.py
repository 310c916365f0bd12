"""Counts of a platform on the wire."""

from capsulier.api.v2.shapes.shape import Shape


class TotalsOut(Shape):
    platform: str
    jobs: int
    """Those in the trash left out."""
    queued: int
    pending: int
    running: int
    successes: int
    """Of executions that have ever ended so, also of those that are no longer kept."""
    failures: int
    kills: int
