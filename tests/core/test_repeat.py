from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.period import Period
from capsulier.core.repeat import Repeat, parse_repeat
from capsulier.core.schedule import count_fires, fires_between, last_fires, next_fire, parse_schedule
from tests.core.brute_force import ZONES, repeat_instants, shown_at

JANUARY = datetime.fromisoformat("2024-01-01")
CHANGES = [
    datetime.fromisoformat(f"2026-{day}") for day in ("03-08", "03-29", "04-05", "10-04", "10-25", "11-01", "01-31")
]
"""Around both changes of the clocks, north and south; and a day that most months do not have."""
starts = st.one_of(
    st.integers(0, 3 * 365 * 86_400).map(lambda seconds: JANUARY + timedelta(seconds=seconds)),
    st.builds(lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(0, 4 * 60)),
)
calendar_periods = st.one_of(
    st.builds(Period, days=st.integers(1, 40)),
    st.builds(Period, weeks=st.integers(1, 5)),
    st.builds(Period, months=st.integers(1, 14)),
    st.builds(Period, years=st.integers(1, 2)),
    st.builds(Period, months=st.integers(0, 2), days=st.integers(1, 3), hours=st.integers(0, 30)),
)
elapsed_periods = st.one_of(
    st.builds(Period, minutes=st.integers(7, 600)),
    st.builds(Period, hours=st.integers(1, 60), seconds=st.integers(0, 90)),
)
zones = st.sampled_from(ZONES)


def local_times(text: str, zone: str, count: int) -> list[str]:
    repeat = parse_repeat(text, zone=zone)
    after = repeat.first_at - timedelta(seconds=1)
    fires = islice(fires_between(repeat, after, datetime(2100, 1, 1, tzinfo=UTC)), count)
    return [f"{shown_at(fire, zone):%Y-%m-%d %H:%M}" for fire in fires]


def test_months_clamp_and_come_back() -> None:
    assert local_times("R/2027-01-31T08:00:00/P1M", "Europe/Paris", 5) == [
        "2027-01-31 08:00",
        "2027-02-28 08:00",
        "2027-03-31 08:00",
        "2027-04-30 08:00",
        "2027-05-31 08:00",
    ]
    assert local_times("R/2028-01-31T08:00:00/P1M", "Europe/Paris", 2)[1] == "2028-02-29 08:00"
    assert local_times("R/2024-02-29T08:00:00/P1Y", "UTC", 5) == [
        "2024-02-29 08:00",
        "2025-02-28 08:00",
        "2026-02-28 08:00",
        "2027-02-28 08:00",
        "2028-02-29 08:00",
    ]


def test_a_day_keeps_the_time_on_the_clock_and_24_hours_do_not() -> None:
    assert local_times("R/2026-03-28T08:00:00/P1D", "Europe/Paris", 3) == [
        "2026-03-28 08:00",
        "2026-03-29 08:00",
        "2026-03-30 08:00",
    ]
    assert local_times("R/2026-03-28T08:00:00/PT24H", "Europe/Paris", 3) == [
        "2026-03-28 08:00",
        "2026-03-29 09:00",
        "2026-03-30 09:00",
    ]


def test_a_time_that_does_not_exist_moves_to_the_next_that_does_for_that_day_only() -> None:
    assert local_times("R/2026-03-28T02:30:00/P1D", "Europe/Paris", 3) == [
        "2026-03-28 02:30",
        "2026-03-29 03:00",
        "2026-03-30 02:30",
    ]
    assert local_times("R/2026-03-29T02:30:00/P1D", "Europe/Paris", 2) == ["2026-03-29 03:00", "2026-03-30 02:30"]
    assert local_times("R/2026-10-03T02:10:00/P1D", "Australia/Lord_Howe", 2)[1] == "2026-10-04 02:30"


def test_a_time_that_exists_twice_fires_once_the_first_time() -> None:
    repeat = parse_repeat("R/2026-10-24T02:30:00/P1D", zone="Europe/Paris")
    fires = list(fires_between(repeat, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)))
    assert fires == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_day_that_a_zone_left_out_fires_once_with_the_next() -> None:
    # Samoa had no 30 December 2011.
    repeat = parse_repeat("R/2011-12-28T00:00:00/P1D", zone="Pacific/Apia")
    fires = list(fires_between(repeat, repeat.first_at, datetime(2012, 1, 1, 12, tzinfo=UTC)))
    assert [f"{shown_at(fire, 'Pacific/Apia'):%d}" for fire in fires] == ["29", "31", "01", "02"]
    assert count_fires(repeat, repeat.first_at, datetime(2012, 1, 1, 12, tzinfo=UTC)) == 4


@given(starts, st.one_of(calendar_periods, elapsed_periods), zones)
def test_a_repeat_agrees_with_brute_force_through_the_changes_of_clocks(
    start: datetime, period: Period, zone: str
) -> None:
    repeat = Repeat(None, start, period, zone)
    until = repeat.first_at + min(60 * period.shortest, timedelta(days=2000))
    expected = list(repeat_instants(repeat, until))
    found = list(fires_between(repeat, repeat.first_at - timedelta(microseconds=1), until))
    assert found == expected
    assert all(before < after for before, after in pairwise(found))


@given(starts, st.one_of(calendar_periods, elapsed_periods), zones, st.integers(0, 10**9))
def test_a_repeat_never_drifts(start: datetime, period: Period, zone: str, seconds: int) -> None:
    repeat = Repeat(None, start, period, zone)
    after = repeat.first_at + timedelta(seconds=seconds)
    fire = next_fire(repeat, after)
    assert fire
    assert fire > after
    before = after - 2 * period.shortest - timedelta(days=8)
    assert list(fires_between(repeat, before, fire))[-1] == fire, "the same instant wherever one starts looking"
    if period.is_elapsed:
        assert (fire - repeat.first_at) % period.shortest == timedelta()


@given(starts, st.one_of(calendar_periods, elapsed_periods), zones, st.integers(-100, 5000), st.integers(0, 3000))
def test_counting_and_looking_back_agree_with_walking(
    start: datetime, period: Period, zone: str, begin_h: int, length_h: int
) -> None:
    repeat = Repeat(None, start, period, zone)
    after = repeat.first_at + timedelta(hours=begin_h)
    until = after + timedelta(hours=length_h)
    fires = list(fires_between(repeat, after, until))
    assert count_fires(repeat, after, until) == len(fires)
    assert last_fires(repeat, after, until, 3) == fires[-3:]
    assert last_fires(repeat, after, until, 0) == []


@given(starts, st.one_of(calendar_periods, elapsed_periods), zones, st.none() | st.integers(0, 10**6))
def test_a_repeat_is_read_back_as_it_was_written(start: datetime, period: Period, zone: str, times: int | None) -> None:
    repeat = Repeat(times, start, period, zone)
    assert parse_repeat(repeat.text, zone=zone) == repeat


def test_an_offset_in_the_start_fixes_the_instant() -> None:
    repeat = parse_repeat("R5/2026-12-01T08:00:00Z/P1D", zone="Europe/Paris")
    assert repeat.first_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert repeat.text == "R5/2026-12-01T09:00:00/P1D"


def test_the_second_of_two_like_times_stays_the_second() -> None:
    repeat = parse_repeat("R/2026-10-25T01:30:00Z/PT7M", zone="Europe/Paris")
    assert repeat.first_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert repeat.text == "R/2026-10-25T02:30:00+01:00/PT7M"
    assert parse_repeat(repeat.text, zone="Europe/Paris").first_at == repeat.first_at


def test_a_day_by_day_repeat_begins_at_the_second_of_two_like_times_where_the_text_says_so() -> None:
    repeat = parse_repeat("R/2026-10-25T01:30:00Z/P1D", zone="Europe/Paris")
    begin = repeat.first_at - timedelta(days=1)
    assert list(fires_between(repeat, begin, begin + timedelta(days=2, hours=1))) == [
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_the_number_of_times_counts_starts_and_not_instants() -> None:
    repeat = parse_repeat("R2/2020-01-01T00:00:00/P1D")
    assert next_fire(repeat, datetime(2026, 5, 5, tzinfo=UTC)) == datetime(2026, 5, 6, tzinfo=UTC)
    assert [repeat.may_fire(started) for started in range(4)] == [True, True, False, False]
    assert parse_repeat("R/2020-01-01T00:00:00/P1D").may_fire(10**9)


def test_zero_times_never_fires() -> None:
    never = parse_repeat("R0/2026-01-01T00:00:00/PT1M")
    assert next_fire(never, datetime(2025, 1, 1, tzinfo=UTC)) is None
    assert count_fires(never, datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)) == 0
    assert not never.may_fire(0)


def test_the_end_is_the_last_instant_that_may_fire() -> None:
    schedule = parse_schedule(repeat="R/2026-01-01T00:00:00/P1D", until=datetime(2026, 1, 3, tzinfo=UTC))
    after = datetime(2025, 12, 1, tzinfo=UTC)
    assert len(list(fires_between(schedule, after, datetime(2027, 1, 1, tzinfo=UTC)))) == 3
    assert count_fires(schedule, after, datetime(2027, 1, 1, tzinfo=UTC)) == 3
    assert next_fire(schedule, datetime(2026, 1, 3, tzinfo=UTC)) is None


def test_the_next_fire_of_a_second_by_second_repeat_of_ten_years_is_found_at_once() -> None:
    repeat = parse_repeat("R/2016-01-01T00:00:00/PT1S", zone="Europe/Paris")
    now = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    begin = perf_counter()
    for _ in range(1000):
        assert next_fire(repeat, now) == datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)
    # Ten years hold 315 million instants: walking would take minutes for one answer.
    assert perf_counter() - begin < 1


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("R5/2026-12-01T08:00:00/", "schedule", "delay between runs is required"),
        ("R5/2026-12-01T08:00:00", "schedule", "delay between runs is required"),
        ("R5", "schedule", "is not a schedule"),
        ("", "schedule", "is not a schedule"),
        ("5/2026-12-01T08:00:00/P1D", "schedule", "is not a schedule"),
        ("R-1/2026-12-01T08:00:00/P1D", "schedule", "is not a schedule"),
        ("R9999999999/2026-12-01T08:00:00/P1D", "schedule", "is not a schedule"),
        ("R/2026-12-01/P1D", "schedule", "date and time"),
        ("R/tomorrow/P1D", "schedule", "date and time"),
        ("R/2026-02-30T08:00:00/P1D", "schedule", "date and time"),
        ("R/0001-01-01T08:00:00/P1D", "schedule", "years"),
        ("R/9999-12-31T23:00:00-10:00/P1D", "schedule", "years"),
        ("R/2026-12-01T08:00:00/P0D", "schedule", "longer than zero"),
        ("R/2026-12-01T08:00:00/2026-12-02T08:00:00", "schedule", "not a delay"),
    ],
)
def test_what_is_not_a_repeat_is_refused_with_a_sentence(text: str, field: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        parse_schedule(repeat=text, zone="America/New_York")
    assert refused.value.field == field


@given(st.text(max_size=40) | st.from_regex(r"R\d*/[0-9T:Z+ -]{0,25}/P?[0-9YMWDTHS]{0,9}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schedule = parse_schedule(repeat=text)
    except Invalid:
        return
    assert parse_schedule(repeat=schedule.text) == schedule
