import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.wording import ago, duration_in_words, size_in_words, until


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"), (-3, "0 ms"), (0.12, "120 ms"), (0.9994, "999 ms"), (0.9996, "1 s"), (1, "1 s"), (4.24, "4.2 s"),
        (9.96, "10 s"), (48.3, "48 s"), (59.6, "1 min"), (65, "1 min 05 s"), (3599.7, "1 h"), (3840, "1 h 04 min"),
        (86_400, "1 day"), (86_400 * 3 + 4 * 3600 + 59, "3 days 4 h"), (86_400 * 1234, "1,234 days"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "past", "ahead"),
    [
        (0, "just now", "now"), (-5, "just now", "now"), (48.9, "48 s ago", "in 48 s"), (60, "1 min ago", "in 1 min"),
        (12 * 60 + 59, "12 min ago", "in 12 min"), (3600 * 3 - 1, "2 h ago", "in 2 h"), (86_399, "23 h ago", "in 23 h"),
        (86_400, "1 day ago", "in 1 day"), (86_400 * 5.9, "5 days ago", "in 5 days"),
    ],
)  # fmt: skip
def test_distances_in_time(seconds: float, past: str, ahead: str) -> None:
    assert ago(seconds) == past
    assert until(seconds) == ahead


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_240, "1.2 kB"), (9_960, "10 kB"), (840_000, "840 kB"),
        (999_600, "1 MB"), (1_200_000_000, "1.2 GB"), (10**12, "1 TB"), (10**18 * 3, "3,000 PB"),
    ],
)  # fmt: skip
def test_sizes(size_bytes: int, words: str) -> None:
    assert size_in_words(size_bytes) == words


@given(st.integers(0, 10**17), st.integers(0, 10**17))
def test_a_larger_size_never_reads_smaller(one: int, other: int) -> None:
    def value(words: str) -> float:
        number, unit = words.split()
        return float(number.replace(",", "")) * 1000 ** ["B", "kB", "MB", "GB", "TB", "PB"].index(unit)

    small, large = sorted((one, other))
    assert value(size_in_words(small)) <= value(size_in_words(large))
