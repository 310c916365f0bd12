"""What a process measures of itself, as Prometheus reads it. Each process has figures of its own: those of one that has
no address are handed over (`services.figures`).

They stand in a registry of ours, not in the library's, into which anything that is imported may put something.
"""

import asyncio
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import generate_latest

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which says when the process started

SHORT_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""For what takes milliseconds when all is well."""
WAITING_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
"""For what waits its turn."""
_LOOK_EVERY_S = 1.0


class ProcessFigures:
    """The figures of one kind of process, `web` or `conductor`; all their names begin with it."""

    def __init__(self, process: str) -> None:
        self._prefix = f"capsulier_{process}"
        self._registry = CollectorRegistry()
        ProcessCollector(namespace=self._prefix, registry=self._registry)
        self._loop_lag = self.histogram(
            "loop_lag_seconds", "How much later than due the event loop came to something, looked at every second."
        )

    def counter(self, name: str, words: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(f"{self._prefix}_{name}", words, labels, registry=self._registry)

    def gauge(self, name: str, words: str) -> Gauge:
        return Gauge(f"{self._prefix}_{name}", words, registry=self._registry)

    def histogram(
        self, name: str, words: str, labels: Sequence[str] = (), buckets: Sequence[float] = SHORT_S
    ) -> Histogram:
        return Histogram(f"{self._prefix}_{name}", words, labels, buckets=buckets, registry=self._registry)

    def text(self) -> str:
        return generate_latest(self._registry).decode()

    async def watch_loop(self) -> None:
        """For ever: measure how late the event loop is, which all that the process does has to wait for."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LOOK_EVERY_S
            await asyncio.sleep(_LOOK_EVERY_S)
            self._loop_lag.observe(max(0.0, loop.time() - due))
