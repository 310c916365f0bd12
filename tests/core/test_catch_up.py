from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.catch_up import CatchUp, Missed, catch_up
from capsulier.core.schedule import fires_between, parse_schedule

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
DAILY = parse_schedule(repeat="R/2026-01-01T08:00:00/P1D")
EIGHT = timedelta(hours=8)


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number - 1) + EIGHT


def test_none_runs_nothing_and_notes_one_stretch() -> None:
    decided = catch_up(DAILY, BEGIN, day(5), CatchUp.NONE)
    assert (decided.missed, decided.run) == (Missed(day(1), day(5), 5), ())


def test_latest_runs_the_last_one() -> None:
    decided = catch_up(DAILY, BEGIN, day(5), CatchUp.LATEST)
    assert (decided.missed, decided.run) == (Missed(day(1), day(4), 4), (day(5),))


def test_all_runs_each_of_them_and_beyond_the_limit_the_last() -> None:
    assert catch_up(DAILY, BEGIN, day(3), CatchUp.ALL).run == (day(1), day(2), day(3))
    assert catch_up(DAILY, BEGIN, day(3), CatchUp.ALL).missed is None
    decided = catch_up(DAILY, BEGIN, day(5), CatchUp.ALL, limit=2)
    assert (decided.missed, decided.run) == (Missed(day(1), day(3), 3), (day(4), day(5)))


def test_no_more_run_than_the_schedule_still_starts() -> None:
    five_times = parse_schedule(repeat="R5/2026-01-01T08:00:00/P1D")
    assert catch_up(five_times, BEGIN, day(4), CatchUp.ALL, started=3).run == (day(3), day(4))
    assert catch_up(five_times, BEGIN, day(4), CatchUp.LATEST, started=5) == catch_up(
        DAILY, BEGIN, BEGIN, CatchUp.ALL
    ), "a schedule that is used up is not due, so nothing is missed"


def test_nothing_passed_is_nothing_to_decide() -> None:
    decided = catch_up(DAILY, BEGIN, BEGIN + EIGHT / 2, CatchUp.ALL)
    assert (decided.missed, decided.run) == (None, ())


@pytest.mark.parametrize("given_as", [{"repeat": "R/2016-01-01T00:00:00/PT1S"}, {"cron": "* * * * *"}])
def test_years_of_missed_instants_are_decided_without_a_list_of_them(given_as: dict[str, str]) -> None:
    schedule = parse_schedule(**given_as, zone="Europe/Paris")
    begin = perf_counter()
    decided = catch_up(schedule, BEGIN - timedelta(days=730), BEGIN, CatchUp.ALL)
    assert perf_counter() - begin < 5
    assert decided.missed
    assert decided.missed.count > 1_000_000
    assert len(decided.run) == 100
    assert decided.run[-1] == BEGIN


@given(
    st.sampled_from(CatchUp),
    st.integers(0, 400),
    st.integers(0, 12),
    st.none() | st.integers(0, 9),
    st.sampled_from(["P1D", "PT7H", "P1M", "cron"]),
)
def test_every_passed_instant_is_either_run_or_missed(
    policy: CatchUp, hours: int, limit: int, times: int | None, kind: str
) -> None:
    text = f"R{'' if times is None else times}/2026-01-31T02:30:00/{kind}"
    schedule = parse_schedule(**{"cron": "30 2 * * 1-5"} if kind == "cron" else {"repeat": text}, zone="Europe/Paris")
    until = BEGIN + timedelta(hours=hours)
    passed = list(fires_between(schedule, BEGIN, until))
    decided = catch_up(schedule, BEGIN, until, policy, limit=limit, started=4)
    if not schedule.may_fire(4):
        passed = []
    stayed = passed[: len(passed) - len(decided.run)]
    assert list(decided.run) == passed[len(stayed) :]
    assert decided.missed == (Missed(stayed[0], stayed[-1], len(stayed)) if stayed else None)
    assert schedule.may_fire(4 + len(decided.run) - 1) or not decided.run
