"""Slowing down whoever guesses passwords.

Failures are counted in this process's memory: several web processes allow so many each, and a restart forgets. That is
still millions of times too slow for guessing, and needs no table that an attacker could fill.
"""

from collections import deque
from threading import Lock

AT_MOST = 10
WITHIN_S = 300.0
_NAMES_KEPT = 10_000


class Attempts:
    """The failed attempts of late, by whom they were for and where they came from."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], deque[float]] = {}
        self._lock = Lock()

    def wait_s(self, who: tuple[str, str], now: float) -> float:
        """How long they have to wait before the next attempt counts; 0 if it does now."""
        with self._lock:
            failures = self._recent(who, now)
            return failures[0] + WITHIN_S - now if len(failures) >= AT_MOST else 0

    def note_failure(self, who: tuple[str, str], now: float) -> None:
        with self._lock:
            failures = self._recent(who, now)
            failures.append(now)
            self._failures.pop(who, None)
            self._failures[who] = failures  # last in the order: the oldest are dropped first
            while len(self._failures) > _NAMES_KEPT:
                self._failures.pop(next(iter(self._failures)))

    def forget(self, who: tuple[str, str]) -> None:
        with self._lock:
            self._failures.pop(who, None)

    def _recent(self, who: tuple[str, str], now: float) -> deque[float]:
        failures = self._failures.get(who, deque())
        while failures and failures[0] <= now - WITHIN_S:
            failures.popleft()
        return failures
