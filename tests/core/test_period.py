import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.period import Period, elapsed_seconds, parse_period

small = st.integers(0, 40)
periods = (
    st.tuples(st.integers(0, 3), small, small, small, small, small, small).filter(any).map(lambda units: Period(*units))
)


@given(periods)
def test_a_period_is_read_back_as_it_was_written(period: Period) -> None:
    assert parse_period(period.text) == period


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("P1D", "every day"),
        ("P2D", "every 2 days"),
        ("PT15M", "every 15 minutes"),
        ("P1M", "every month"),
        ("P2W", "every 2 weeks"),
        ("PT1S", "every second"),
        ("P1Y", "every year"),
        ("PT24H", "every 24 hours"),
        ("PT1H30M", "every 1 hour and 30 minutes"),
        ("p1d", "every day"),
    ],
)
def test_a_period_is_said_in_words(text: str, every: str) -> None:
    assert parse_period(text).every() == every


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "1D", "P0D", "PT0S", "P-1D", "-P1D", "P1.5D", "P1DT", "P1H", "PT1D", "P1D1M", "1 day",
     "P1000000000D", "P200Y", "P999999999DT999999999H", "P١D", "P1D P1D"],
)  # fmt: skip
def test_what_is_not_a_period_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_period(text, field="retry_delay")
    assert refused.value.field == "retry_delay"


def test_a_period_made_in_code_is_longer_than_zero_too() -> None:
    with pytest.raises(Invalid):
        Period()
    with pytest.raises(Invalid):
        Period(days=2, hours=-1)


def test_a_day_is_not_24_hours() -> None:
    assert not parse_period("P1D").is_elapsed
    assert parse_period("PT24H").is_elapsed


def test_a_retry_delay_is_plain_seconds() -> None:
    assert elapsed_seconds(parse_period("PT15M")) == 900
    assert elapsed_seconds(parse_period("P1WT1S")) == 604_801
    with pytest.raises(Invalid) as refused:
        elapsed_seconds(parse_period("P1M"))
    assert refused.value.field == "retry_delay"
