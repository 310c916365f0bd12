from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.schedule import fires_between, in_words, parse_schedule, preview
from tests.core.brute_force import ZONES

NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)


def notes(
    now: datetime, count: int, *, repeat: str | None = None, cron: str | None = None
) -> list[tuple[str, str | None]]:
    fires = preview(parse_schedule(repeat=repeat, cron=cron, zone="Europe/Paris"), now, count)
    return [(f"{fire.local:%d %H:%M}", fire.note) for fire in fires]


def test_a_preview_says_what_the_clocks_do_to_a_time_that_does_not_exist() -> None:
    expected = [
        ("28 02:30", None),
        ("29 03:00", "clocks go forward: 02:30 does not exist, fires at 03:00"),
        ("30 02:30", None),
    ]
    assert notes(NOW, 3, repeat="R/2026-03-01T02:30:00/P1D") == expected
    assert notes(NOW, 3, cron="30 2 * * *") == expected


def test_a_preview_says_which_of_two_like_times_it_is() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert notes(before, 2, repeat="R/2026-03-01T02:30:00/P1D") == [
        ("25 02:30", "clocks go back: 02:30 comes twice, fires the first time"),
        ("26 02:30", "clock change: −1 h since the last"),
    ]
    assert notes(datetime(2026, 10, 25, 0, 15, tzinfo=UTC), 3, repeat="R/2026-10-25T00:00:00/PT30M") == [
        ("25 02:30", None),
        ("25 02:00", "clocks go back: 02:00 for the second time"),
        ("25 02:30", "clocks go back: 02:30 for the second time"),
    ]


def test_a_preview_says_that_the_clocks_changed_between_two_fires() -> None:
    assert notes(NOW, 3, repeat="R/2026-03-01T08:00:00/P1D") == [
        ("28 08:00", None),
        ("29 08:00", "clock change: +1 h since the last"),
        ("30 08:00", None),
    ]


def test_a_preview_shows_no_more_than_the_schedule_still_starts() -> None:
    schedule = parse_schedule(repeat="R5/2026-12-01T08:00:00/P1D")
    assert len(preview(schedule, NOW)) == 5
    assert len(preview(schedule, NOW, started=3)) == 2
    assert preview(schedule, NOW, started=5) == []
    assert len(preview(schedule, NOW, count=2)) == 2
    assert preview(parse_schedule(repeat="R0/2026-12-01T08:00:00/P1D"), NOW) == []
    assert len(preview(parse_schedule(cron="0 8 * * *"), NOW)) == 10


@given(
    st.sampled_from(["R/2026-03-01T02:30:00/P1D", "R/2026-03-01T02:30:00/PT45M", "R9/2026-01-31T02:00:00/P1M"]),
    st.sampled_from(ZONES),
    st.integers(0, 275 * 86_400).map(lambda seconds: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
)
def test_a_preview_shows_the_fires(text: str, zone: str, now: datetime) -> None:
    schedule = parse_schedule(repeat=text, zone=zone)
    shown = preview(schedule, now, 6)
    assert [fire.at for fire in shown] == list(fires_between(schedule, now, shown[-1].at))
    assert all(fire.local == fire.at for fire in shown)
    assert all(before.at < after.at for before, after in pairwise(shown))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R5/2026-11-24T08:00:00/P2D", "Every 2 days at 08:00, 5 times, from 24 November 2026"),
        ("R/2026-11-24T08:00:05/P1W", "Every week at 08:00:05, from 24 November 2026"),
        ("R/2026-11-24T08:00:00/PT15M", "Every 15 minutes, from 24 November 2026 at 08:00"),
        ("R1/2026-11-24T08:00:00/P1D", "Every day at 08:00, once, from 24 November 2026"),
        (
            "R/2026-01-31T08:00:00/P1M",
            "Every month at 08:00, from 31 January 2026, the last day where a month is shorter",
        ),
        ("R0/2026-11-24T08:00:00/P1D", "Every day at 08:00, never (0 times), from 24 November 2026"),
    ],
)
def test_a_repeat_is_said_in_words(text: str, words: str) -> None:
    assert in_words(parse_schedule(repeat=text, zone="Europe/Paris")) == f"{words}, Europe/Paris"


def test_the_end_is_said_in_the_time_of_the_zone() -> None:
    schedule = parse_schedule(cron="0 8 * * 1-5", zone="Europe/Paris", until=datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert in_words(schedule) == "At 08:00, Monday to Friday, until 31 December 2026 at 18:00, Europe/Paris"
    naive = parse_schedule(cron="0 8 * * 1-5", zone="Europe/Paris", until=datetime.fromisoformat("2026-12-31T18:00"))
    assert naive == schedule


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("europe/paris", "Did you mean Europe/Paris?"),
        ("Europe/Pariss", "Did you mean Europe/Paris?"),
        ("", "Names look like"),
        ("localtime", "is not a time zone"),
        ("../../etc/passwd", "is not a time zone"),
        ("Europe", "is not a time zone"),
        ("+01:00", "is not a time zone"),
        ("Europe/Paris\0", "is not a time zone"),
    ],
)
def test_only_names_of_real_zones_are_taken(zone: str, hint: str) -> None:
    for given_as in ({"repeat": "R/2026-12-01T08:00:00/P1D"}, {"cron": "0 8 * * *"}):
        with pytest.raises(Invalid, match="is not a time zone") as refused:
            parse_schedule(**given_as, zone=zone)
        assert refused.value.field == "timezone"
        assert hint in refused.value.sentence


def test_a_schedule_is_given_in_exactly_one_way() -> None:
    with pytest.raises(Invalid) as refused:
        parse_schedule()
    assert refused.value.field == "schedule"
    with pytest.raises(Invalid) as refused:
        parse_schedule(repeat="R/2026-12-01T08:00:00/P1D", cron="0 8 * * *")
    assert refused.value.field == "cron"


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(Invalid, match="never run") as refused:
        parse_schedule(repeat="R/2026-12-01T08:00:00/P1D", until=datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.field == "until"
