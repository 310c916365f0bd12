"""Everything is killed, in any order, while executions are asked for and schedules fire every second."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.crash.postgresql import OwnPostgresql, own_postgresql
from tests.crash.schedules import check_fires, make_each_second
from tests.crash.test_kills import have_all_ended, make_witness, run_patiently
from tests.crash.witness import all_executions, check_all
from tests.servers import Server, serving, until

pytestmark = [pytest.mark.crash, pytest.mark.database]

Deed = Callable[[], None]


class Scale(NamedTuple):
    executions: int
    schedules: int
    fires: int
    """Of each schedule, one a second."""
    every: int
    """So many runs are asked for between one kill and the next."""


@pytest.fixture
def postgresql() -> Iterator[OwnPostgresql | None]:
    """One that may be killed; None where the tests run on a database that is no process."""
    if not os.environ.get("CAPSULIER_DATABASE", "").startswith("postgresql"):
        yield None
        return
    with own_postgresql() as own:
        yield own


def deeds(server: Server, restart_database: Deed | None, chance: random.Random) -> Iterator[Deed]:
    """What is done next, for ever: each as often as the others, in no order."""

    def kill_both() -> None:
        server.kill("web")
        server.kill("conductor")

    kinds: list[Deed] = [lambda: server.kill("conductor"), lambda: server.kill("web"), kill_both]
    if restart_database is not None:
        kinds.append(restart_database)
    while True:
        chance.shuffle(kinds)
        yield from kinds


@pytest.mark.parametrize(
    "scale",
    [
        pytest.param(Scale(executions=80, schedules=3, fires=15, every=20), id="short", marks=pytest.mark.timeout(300)),
        pytest.param(
            Scale(executions=1000, schedules=10, fires=100, every=40),
            id="long",
            marks=[pytest.mark.long, pytest.mark.timeout(1800)],
        ),
    ],
)
def test_whatever_dies_nothing_is_lost_doubled_or_stuck(
    tmp_path: Path, postgresql: OwnPostgresql | None, scale: Scale
) -> None:
    chance = random.Random(scale.executions)
    own = {"CAPSULIER_DATABASE": postgresql.url} if postgresql else {}
    with serving(tmp_path / "data", CAPSULIER_LEASE_S="2", **own) as server, server.api() as api:
        by_hand = make_witness(server, tmp_path / "by_hand")
        scheduled = [
            make_each_second(api, tmp_path / f"{n}", f"every second {n}", scale.fires) for n in range(scale.schedules)
        ]
        next_deed = deeds(server, postgresql.restart if postgresql else None, chance)
        accepted = set()
        for n in range(scale.executions):
            accepted.add(run_patiently(api, by_hand)["id"])
            if n % scale.every == scale.every - 1:
                next(next_deed)()
        until(lambda: server.pids("conductor"))
        for job_id in (by_hand, *scheduled):
            until(lambda job_id=job_id: is_over(server, job_id), within_s=900, every_s=0.2)  # type: ignore[misc]
        found = all_executions(api, by_hand)
        assert {each["id"] for each in found} >= accepted
        check_all(api, by_hand, tmp_path / "by_hand", found)
        assert [check_fires(api, each, tmp_path / f"{n}") for n, each in enumerate(scheduled)] == [
            scale.fires
        ] * scale.schedules


def is_over(server: Server, job_id: int) -> bool:
    """Nothing more is due, and all that was has ended."""
    with suppress(httpx.HTTPError), server.api() as api:
        return have_all_ended(api, job_id) and api.get(f"/jobs/{job_id}").json()["next_fire_at"] is None
    return False
