"""Wake-ups reach those who listen, after the commit, and a lost one hurts nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from capsulier.config import config
from capsulier.ledger.wake import CONDUCTOR, PAGES, listen, wake

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SOON_S = 30.0
A_WHILE_S = 0.3


async def is_woken(listener: AsyncIterator[None], within_s: float = SOON_S) -> bool:
    try:
        await asyncio.wait_for(anext(listener), within_s)
    except TimeoutError:
        return False
    return True


async def send(topic: str) -> None:
    """As another process would: through a connection of its own."""

    def wake_and_leave() -> None:
        wake(topic)
        connection.close()

    await sync_to_async(wake_and_leave)()


async def test_a_listener_begins_with_one_and_wakes_for_its_topic_only() -> None:
    async with aclosing(listen(PAGES)) as pages:
        assert await is_woken(pages)
        await send(PAGES)
        assert await is_woken(pages)
        await send(CONDUCTOR)
        assert not await is_woken(pages, A_WHILE_S)


async def test_nobody_is_woken_before_the_commit_or_for_what_was_rolled_back() -> None:
    async with aclosing(listen(PAGES)) as pages:
        await is_woken(pages)
        woken = asyncio.ensure_future(is_woken(pages))

        def write_and_regret() -> None:
            with transaction.atomic():
                wake(PAGES)
                transaction.set_rollback(True)
            connection.close()

        await sync_to_async(write_and_regret)()
        done, _ = await asyncio.wait({woken}, timeout=A_WHILE_S)
        assert not done
        await send(PAGES)
        assert await woken


async def test_a_listener_that_left_or_was_killed_is_forgotten() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("There are no sockets to be left behind.")
    async with aclosing(listen(PAGES)) as pages:
        await is_woken(pages)
        assert list(config().run_dir.glob("pages.*.wake"))
    assert not list(config().run_dir.glob("pages.*.wake"))
    left = config().run_dir / "pages.1.wake"
    left.touch()
    await send(PAGES)
    assert not left.exists()


async def test_a_listener_that_leaves_late_does_not_take_the_next_one_along() -> None:
    async with aclosing(listen(PAGES)) as first, aclosing(listen(PAGES)) as second:
        assert await is_woken(first)
        assert await is_woken(second)
        await first.aclose()
        await send(PAGES)
        assert await is_woken(second)


def test_what_is_committed_is_done_even_where_nobody_can_be_woken() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("There a wake-up is part of the transaction.")
    hung = config().run_dir / "pages.1.wake"
    hung.mkdir(parents=True)  # neither a socket nor to be removed like one
    try:
        with transaction.atomic():
            wake(PAGES)
    finally:
        hung.rmdir()
