from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.schedule import count_fires, fires_between, in_words, last_fires, next_fire, parse_schedule
from tests.core.brute_force import ZONES, cron_instants, shown_at

CHANGES = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8), (3, 28), (4, 4), (10, 3), (10, 24), (11, 1), (6, 15))]


def field(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        numbers.map(str),
        st.integers(1, 12).map(lambda step: f"*/{step}"),
        st.tuples(numbers, numbers).map(lambda ends: f"{min(ends)}-{max(ends)}"),
        st.lists(numbers, min_size=1, max_size=4).map(lambda values: ",".join(map(str, values))),
    )


anything = st.tuples(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)).map(" ".join)
nightly = st.tuples(field(0, 59), field(0, 4), st.just("* * *")).map(" ".join)


def local_times(text: str, zone: str, day: datetime) -> list[str]:
    fires = fires_between(parse_schedule(cron=text, zone=zone), day, day + timedelta(hours=24))
    return [f"{shown_at(fire, zone):%H:%M}" for fire in fires]


@given(nightly | anything, st.sampled_from(ZONES), st.sampled_from(CHANGES))
def test_a_cron_agrees_with_looking_at_the_clock_every_minute(text: str, zone: str, begin: datetime) -> None:
    try:
        schedule = parse_schedule(cron=text, zone=zone)
    except Invalid:
        return  # the 31st of months that have none: refused, as a test below shows
    until = begin + timedelta(days=2, hours=7, minutes=23, seconds=11)
    expected = cron_instants(text, zone, begin, until)
    assert list(fires_between(schedule, begin, until)) == expected
    assert count_fires(schedule, begin, until) == len(expected)
    assert last_fires(schedule, begin, until, 5) == expected[-5:]


@given(anything, st.sampled_from(ZONES), st.integers(0, 10**8))
def test_the_next_fire_is_later_and_the_same_wherever_one_starts_looking(text: str, zone: str, seconds: int) -> None:
    try:
        schedule = parse_schedule(cron=text, zone=zone)
    except Invalid:
        return
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=seconds)
    fire = next_fire(schedule, after)
    assert fire
    assert fire > after
    assert next_fire(schedule, fire - timedelta(microseconds=1)) == fire
    assert next_fire(schedule, after + (fire - after) / 2) == fire


def test_a_certain_time_is_kept_once_when_the_clocks_change() -> None:
    forward, back = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert local_times("30 2 * * *", "Europe/Paris", forward) == ["03:00"]
    assert local_times("30 2 * * *", "Europe/Paris", back) == ["02:30"]
    assert local_times("*/20 2 * * *", "Europe/Paris", forward) == ["03:00"]
    assert local_times("*/20 2 * * *", "Europe/Paris", back) == ["02:00", "02:20", "02:40"]
    assert local_times("0 */2 * * *", "Europe/Paris", back)[:2] == ["02:00", "04:00"]


def test_every_hour_goes_by_elapsed_time_when_the_clocks_change() -> None:
    forward, back = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert local_times("5 * * * *", "Europe/Paris", forward)[:2] == ["03:05", "04:05"]
    assert local_times("5 * * * *", "Europe/Paris", back)[:3] == ["02:05", "02:05", "03:05"]


def test_a_half_hour_change_loses_no_minute_of_a_later_hour() -> None:
    begin = datetime(2026, 10, 3, 14, tzinfo=UTC)
    assert local_times("*/20 5 * * *", "Australia/Lord_Howe", begin) == ["05:00", "05:20", "05:40"]


def test_a_time_that_moves_into_the_next_day_is_counted_there() -> None:
    schedule = parse_schedule(cron="30 23 * * *", zone="America/Nuuk")
    saturday, monday = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    fires = [f"{shown_at(fire, 'America/Nuuk'):%d %H:%M}" for fire in fires_between(schedule, saturday, monday)]
    assert fires == ["29 00:00"]
    assert count_fires(schedule, saturday, monday) == 1


def test_an_hour_that_comes_twice_has_no_fire_in_the_past() -> None:
    schedule = parse_schedule(cron="30 2 * * *", zone="Europe/Paris")
    second_time = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert next_fire(schedule, second_time) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_year_of_minutes_is_counted_without_walking_through_it() -> None:
    schedule = parse_schedule(cron="* * * * *", zone="Europe/Paris")
    after = datetime(2025, 6, 1, 12, 30, 30, tzinfo=UTC)
    assert count_fires(schedule, after, after + timedelta(days=365)) == 365 * 24 * 60


def test_leap_days_are_found_and_impossible_days_refused() -> None:
    leap = parse_schedule(cron="0 8 29 2 *")
    assert next_fire(leap, datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 2, 29, 8, tzinfo=UTC)
    for text in ("0 8 30 2 *", "0 8 31 2,4,6,9,11 *", "0 8 */5 2 1#5"):
        with pytest.raises(Invalid, match="would never run") as refused:
            parse_schedule(cron=text)
        assert refused.value.field == "cron"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("60 * * * *", "minute “60”"),
        ("* 24 * * *", "hour “24”"),
        ("* * 0 * *", "day of the month “0”"),
        ("* * * 13 *", "month “13”"),
        ("* * * * 8", "day of the week “8”"),
        ("* * * * MOON", "day of the week “MOON”"),
        ("*/0 * * * *", "minute “\\*/0”"),
        ("5-1 * * * *", "minute “5-1”"),
        ("1,,2 * * * *", "minute “1,,2”"),
        ("* * * *", "5 fields.*This one has 4"),
        ("0 * * * * *", "5 fields.*This one has 6"),
        ("@daily", "5 fields.*This one has 1"),
        ("", "5 fields.*This one has 0"),
        ("9" * 5000 + " * * * *", "at most 200 characters"),
    ],
)
def test_a_wrong_field_is_named(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        parse_schedule(cron=text)
    assert refused.value.field == "cron"


@given(
    st.text("0123456789*/,-#LW MONFRISU²", max_size=20)
    | st.lists(st.text("012*/,-#LW", min_size=1, max_size=5), min_size=5, max_size=5).map(" ".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schedule = parse_schedule(cron=text)
    except Invalid:
        return
    assert parse_schedule(cron=schedule.text) == schedule
    assert in_words(schedule).endswith("UTC")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 8 * * 1-5", "At 08:00, Monday to Friday"),
        ("30 2 * * *", "At 02:30, every day"),
        ("0 8,20 * * *", "At 08:00 and 20:00, every day"),
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("*/7 * * * *", "Every hour at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56"),
        ("0 * * * *", "Every hour"),
        ("5 * * * *", "Every hour at minute 5"),
        ("5 */2 * * *", "Every 2 hours from 00:05"),
        ("0 6-22 * * *", "Every hour from 06:00 to 22:00"),
        ("*/10 9-17 * * MON", "Every 10 minutes from 09:00 to 17:50, every Monday"),
        ("1-5 1 * * *", "At minutes 1 to 5 of hour 1"),
        ("0 0 1 * *", "At 00:00, on the 1st of the month"),
        ("0 0 1 1 *", "At 00:00, on 1 January"),
        ("0 0 1,15 1-3 *", "At 00:00, on the 1st and the 15th of the month, in January to March"),
        ("0 0 L * *", "At 00:00, on the last day of the month"),
        ("0 0 LW * *", "At 00:00, on the last weekday (Monday to Friday) of the month"),
        ("0 9 * * 1#2", "At 09:00, the 2nd Monday of the month"),
        ("0 9 * * 5L", "At 09:00, the last Friday of the month"),
        ("0 0 13 * 5", "At 00:00, on the 13th of the month and also every Friday"),
        ("0 0 */2 * 1", "At 00:00, on every 2nd day of the month from the 1st, if it is Monday"),
        ("0 0 * * 0,6", "At 00:00, Saturday and Sunday"),
        ("0 0 1-31 * 3", "At 00:00, every day"),
        ("0 0 21,22,23 * *", "At 00:00, on the 21st to the 23rd of the month"),
    ],
)
def test_a_cron_is_said_in_words(text: str, words: str) -> None:
    assert in_words(parse_schedule(cron=text, zone="Europe/Paris")) == f"{words}, Europe/Paris"
