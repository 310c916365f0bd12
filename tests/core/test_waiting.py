"""Why an execution waits, held against who does leave the queue."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.disk import Disk
from capsulier.core.fair import Head, choose
from capsulier.core.waiting import Cause, InQueue, Surroundings, Waits, of_queue, why_pending, why_queued

ROOMY = Disk(free_bytes=10, min_free_bytes=10)
NOW = Surroundings(now_us=1_000_000_000, led_until_us=1_001_000_000, disk=ROOMY)


def queued(**facts: Any) -> InQueue:
    return InQueue(**{"not_before_us": 0, "most_of_platform": 32, **facts})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"not_before_us": NOW.now_us + 240_000_000, "is_retry": True}, "retry in 4 min"),
        ({"not_before_us": NOW.now_us + 240_000_000}, "starts in 4 min"),
        ({"alone": True, "of_job": 1}, "waits for 1 other of this job to end"),
        ({"alone": True, "of_job": 1, "ahead": 1}, "waits for 2 others of this job to end"),
        ({"most_of_job": 2, "of_job": 2, "ahead": 3}, "waits for 4 others of this job to end: 2 at once"),
        ({"most_of_job": 2, "of_job": 1}, "about to start"),
        ({"of_platform": 32, "ahead": 2}, "waits for 3 executions of the platform to end: 32 at once"),
        ({"of_platform": 32}, "waits for 1 execution of the platform to end: 32 at once"),
        ({"ahead": 12}, "waits for its turn: 12 before it"),
        ({}, "about to start"),
    ],
)
def test_the_first_reason_that_holds_is_told(facts: dict[str, Any], words: str) -> None:
    assert why_queued(queued(**facts), NOW).words == words


def test_where_nobody_leads_that_is_why_whatever_else_holds() -> None:
    nobody = Surroundings(now_us=10, led_until_us=9, disk=ROOMY)
    waits = why_queued(queued(most_of_job=1, of_job=1), nobody)
    assert waits == Waits(Cause.CONDUCTOR, "waits for a conductor: none is running", 1)
    assert why_queued(queued(not_before_us=11), nobody).cause is Cause.DELAY, "but for a delay: nobody is missing yet"


def test_a_place_in_the_queue_counts_from_one_and_begins_when_the_delay_is_over() -> None:
    assert why_queued(queued(ahead=4), NOW).position == 5
    assert why_queued(queued(not_before_us=NOW.now_us + 1), NOW).position is None


def test_a_pending_one_waits_for_its_engine() -> None:
    assert why_pending().words == "being prepared"
    assert why_pending("no node is free").words == "no node is free"


def test_a_whole_queue_is_told_by_its_first() -> None:
    first = Waits(Cause.DELAY, "retry in 4 min")
    assert of_queue(first, 1) == "retry in 4 min"
    assert of_queue(first, 1200) == "1,200 in the queue, the first retry in 4 min"


@given(st.integers(0, 5), st.integers(0, 5), st.none() | st.integers(1, 5), st.integers(1, 8), st.integers(1, 8))
def test_who_is_about_to_start_does_and_who_waits_for_others_does_not(
    of_job: int, of_others: int, most_of_job: int | None, most_of_platform: int, length: int
) -> None:
    of_platform = of_job + of_others
    chosen = choose(
        [Head(n, 1, 1, of_job, most_of_job) for n in range(length)], {1: most_of_platform - of_platform}, most=64
    )
    for n in range(length):
        facts = queued(
            ahead=n, of_job=of_job, most_of_job=most_of_job, of_platform=of_platform, most_of_platform=most_of_platform
        )
        waits = why_queued(facts, NOW)
        if waits.words == "about to start":
            assert n in chosen
        if waits.cause in (Cause.JOB_LIMIT, Cause.PLATFORM_LIMIT):
            assert n not in chosen


def test_a_disk_without_room_is_told_with_what_is_free_and_what_is_wanted() -> None:
    full = replace(NOW, disk=Disk(free_bytes=1_200_000_000, min_free_bytes=1_000_000_000))
    assert why_queued(queued(), full).cause is Cause.TURN
    waits = why_queued(queued(min_free_mb=5000), full)
    assert (waits.cause, waits.words) == (Cause.DISK, "waits for disk space: 1.2 GB free, 5 GB wanted")
    assert why_queued(queued(min_free_mb=5), full).cause is Cause.TURN, "the stricter of both holds"
