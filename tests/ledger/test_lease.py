"""One conductor leads, and who has led before can write no more."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import transaction

from capsulier.ledger.lease import Deposed, check_epoch, release_lease, take_lease
from tests.builders import make_platform
from tests.databases import in_own_connection

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TTL = 6_000_000


@pytest.fixture(autouse=True)
def _beginnings() -> None:
    make_platform()


def test_the_holder_renews_within_one_epoch_and_others_wait() -> None:
    epoch = take_lease("a", now_us=1, ttl_us=TTL)
    assert epoch is not None
    assert take_lease("b", now_us=2, ttl_us=TTL) is None
    assert take_lease("a", now_us=3, ttl_us=TTL) == epoch
    assert take_lease("b", now_us=2 + TTL, ttl_us=TTL) is None  # the renewal counts
    assert take_lease("b", now_us=4 + TTL, ttl_us=TTL) == epoch + 1


def test_a_former_leader_is_told_before_it_writes() -> None:
    epoch = take_lease("a", now_us=1, ttl_us=TTL) or 0
    check_epoch(epoch)
    take_lease("b", now_us=2 + TTL, ttl_us=TTL)
    with pytest.raises(Deposed):
        check_epoch(epoch)


def test_a_leader_that_wakes_up_first_goes_on_in_its_epoch() -> None:
    """Its lease had run out, but nobody took it: nothing was written by another."""
    epoch = take_lease("a", now_us=1, ttl_us=TTL)
    assert take_lease("a", now_us=10 * TTL, ttl_us=TTL) == epoch


def test_a_lease_given_up_is_free_at_once_for_a_new_epoch() -> None:
    epoch = take_lease("a", now_us=1, ttl_us=TTL) or 0
    release_lease("a")
    assert take_lease("b", now_us=2, ttl_us=TTL) == epoch + 1


def test_only_the_holder_gives_a_lease_up() -> None:
    take_lease("a", now_us=1, ttl_us=TTL)
    release_lease("b")
    assert take_lease("b", now_us=2, ttl_us=TTL) is None


def test_a_clock_that_was_set_back_keeps_nobody_standing_by_for_long() -> None:
    """Its holder was killed, and by the lease it would lead for an hour yet."""
    hour_us = 3_600_000_000
    epoch = take_lease("a", now_us=hour_us, ttl_us=TTL) or 0
    assert take_lease("b", now_us=1, ttl_us=TTL) == epoch + 1
    assert take_lease("c", now_us=2 - TTL, ttl_us=TTL) is None  # a clock that is a little behind takes nothing


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_over_in_the_middle_of_a_leaders_transaction() -> None:
    make_platform()
    epoch = take_lease("a", now_us=1, ttl_us=TTL) or 0
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            check_epoch(epoch)
            taken = thread.submit(in_own_connection, lambda: take_lease("b", now_us=2 + TTL, ttl_us=TTL))
            assert not wait([taken], timeout=0.3).done
        assert taken.result(10) == epoch + 1
